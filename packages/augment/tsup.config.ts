import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', axes: 'src/axes.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
})
