import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  sourcemap: true,
  // Old chunks go; the types are another tool's.
  clean: ['!**/*.d.ts', '!.tsbuildinfo'],
})
