import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', define: 'src/define.ts' },
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  sourcemap: true,
  // Old chunks go; the types are another tool's.
  clean: ['!**/*.d.ts', '!.tsbuildinfo'],
})
