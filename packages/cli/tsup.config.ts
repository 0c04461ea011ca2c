import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { defineConfig, type Options } from 'tsup'

const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))

/** The page is an application, not a library: everything it needs goes into it. */
const page: Options = {
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  noExternal: [/.*/],
  minify: true,
  esbuildOptions: (options) => {
    options.conditions = ['@vatun/source', 'browser', 'import']
  },
}

export default defineConfig([
  {
    entry: ['src/index.ts', 'src/bin.ts', 'src/analysis-worker.ts', 'src/compute-thread.ts'],
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    sourcemap: true,
    // Old chunks go; the types are another tool's, the page another entry's.
    clean: ['!**/*.d.ts', '!.tsbuildinfo', '!page/**'],
  },
  {
    ...page,
    entry: ['src/page/main.ts'],
    outDir: 'dist/page',
    clean: ['!**/*.d.ts', '!workers/**'],
    // The page asks its worker and never computes: engines that are only named in what it imports make no chunks.
    esbuildOptions: (options, context) => {
      page.esbuildOptions?.(options, context)
      options.external = ['@tensorflow/*']
    },
    onSuccess: async () => {
      mkdirSync('dist/page/wasm', { recursive: true })
      copyFileSync('src/page/index.html', 'dist/page/index.html')
      for (const name of readdirSync(wasmFolder).filter((file) => file.endsWith('.wasm')))
        copyFileSync(join(wasmFolder, name), join('dist/page/wasm', name))
    },
  },
  {
    // Apart from the page: chunks that both share would bring what only a worker needs, such as Arrow, to the main thread.
    ...page,
    entry: ['src/page/worker.ts', 'src/page/session-mirror.ts'],
    outDir: 'dist/page/workers',
    clean: true,
  },
])
