import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    layers: 'src/layers.ts',
    'bundle/index': 'src/bundle/index.ts',
    'wasm-kernels/index': 'src/wasm-kernels/index.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
})
