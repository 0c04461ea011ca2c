import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', axes: 'src/axes.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  // Old chunks go; the types are another tool's.
  clean: ['!**/*.d.ts', '!.tsbuildinfo'],
})
