import { createReadStream, existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { temporaryFolder } from './demo-server.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pageFolder = fileURLToPath(new URL('./browser-backend-page/', import.meta.url))
const modules = join(root, 'packages/cli/node_modules')
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** Bundles the page of this test the way the page of `vatun serve` is bundled, and serves it. */
export async function serveBackendPage() {
  const folder = temporaryFolder()
  await build({
    entry: ['page.js', 'worker.js', 'cases-worker.js'].map((name) => join(pageFolder, name)),
    outDir: folder.path,
    config: false,
    silent: true,
    format: 'esm',
    outExtension: () => ({ js: '.js' }),
    platform: 'browser',
    target: 'es2022',
    noExternal: [/.*/],
    minify: true,
    esbuildOptions: (options) => {
      options.conditions = ['browser', 'import']
      options.nodePaths = [modules]
    },
  })
  writeFileSync(join(folder.path, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>')

  /** `?isolated=no` leaves the headers out that cross-origin isolate a page; `?policy=…` gives it a Content-Security-Policy. */
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const from = new URL(request.headers.referer ?? url.href, url)
    const asked = url.pathname === '/' ? url : from
    if (asked.searchParams.get('isolated') !== 'no') {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    }
    const policy = asked.searchParams.get('policy')
    if (policy) response.setHeader('Content-Security-Policy', policy)
    const path = locate(folder.path, url.pathname)
    if (!existsSync(path)) return response.writeHead(404).end()
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream')
    return createReadStream(path).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections()
      server.close()
      folder.remove()
    },
  }
}

function locate(folder: string, path: string): string {
  const [, kind, name] = /^\/(wasm|models)\/([\w.-]+)$/.exec(path) ?? []
  if (kind === 'wasm') return join(modules, '@tensorflow/tfjs-backend-wasm/dist', name!)
  const onnx = /^(.*)\.onnx$/.exec(name ?? '')?.[1]
  if (kind === 'models') return join(root, 'examples/models', onnx ?? 'resnet20-cifar10/tfjs', name!)
  return join(folder, path === '/' ? 'index.html' : path)
}
