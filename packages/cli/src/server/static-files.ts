import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Route } from './http-server.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** Serves exactly the given files: URL path → file path. Nothing else of the disk can be reached. */
export function serveFiles(files: ReadonlyMap<string, string>): Route {
  return async (request, response, url) => {
    const path = files.get(url.pathname)
    if (!path || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    const { size, mtimeMs } = await stat(path)
    const tag = `"${size}-${Math.round(mtimeMs)}"`
    response.setHeader('ETag', tag)
    response.setHeader('Cache-Control', 'no-cache')
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end()
      return true
    }
    response.writeHead(200, {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      'Content-Length': size,
    })
    if (request.method === 'HEAD') response.end()
    // The browser may go away in the middle; that is its right.
    else await pipeline(createReadStream(path), response).catch(() => response.destroy())
    return true
  }
}
