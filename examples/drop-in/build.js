// Writes the page to dist/: index.html as it is, main.ts as one module with everything it imports.
import { copyFileSync, mkdirSync } from 'node:fs'
import { build } from 'esbuild'

mkdirSync('dist', { recursive: true })
copyFileSync('index.html', 'dist/index.html')
await build({
  entryPoints: ['main.ts'],
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'info',
})
