import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    layers: 'src/layers.ts',
    graph: 'src/graph.ts',
    'bundle/index': 'src/bundle/index.ts',
    'wasm-kernels/index': 'src/wasm-kernels/index.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  // Old chunks go; the types are another tool's.
  clean: ['!**/*.d.ts', '!.tsbuildinfo'],
})
