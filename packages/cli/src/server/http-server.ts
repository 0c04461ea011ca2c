import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toVatunError, VatunError } from '@vatun/core'

/** Answers one request, or returns false to let the next one try. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean | Promise<boolean>

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1 only.
 *
 * @param port Wanted port; when it is in use, the next free one of the twenty above it is taken unless `exact`.
 * @throws VatunError `io` when no port is free.
 */
export async function listen(
  routes: readonly Route[],
  options: { port: number; exact: boolean },
): Promise<RunningServer> {
  const server = createServer((request, response) => void answer(routes, request, response))
  const last = options.exact ? options.port : options.port + 20
  for (let port = options.port; port <= last; port++) {
    if (await tryToListen(server, port)) {
      const { port: actual } = server.address() as AddressInfo
      return { url: `http://127.0.0.1:${actual}/`, close: () => close(server) }
    }
  }
  throw new VatunError(
    'io',
    options.exact
      ? `serve: port ${options.port} is in use, choose another one with --port`
      : `serve: ports ${options.port} to ${last} are all in use, choose another one with --port`,
    { details: { port: options.port } },
  )
}

function tryToListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening)
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(new VatunError('io', `serve: port ${port} cannot be used (${error.message})`, { cause: error }))
    }
    const onListening = () => {
      server.off('error', onError)
      resolve(true)
    }
    server.once('error', onError)
    server.once('listening', onListening)
    server.listen(port, '127.0.0.1')
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    // A page of another origin that made its own name point here (DNS rebinding) must not read the user's data.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      response.writeHead(403).end('open this page as http://127.0.0.1')
      return
    }
    // Cross-origin isolation lets the wasm engine of the page use threads.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    for (const route of routes) if (await route(request, response, url)) return
    response.writeHead(404).end('not found')
  } catch (thrown) {
    const error = toVatunError(thrown, 'serve')
    if (!response.headersSent) response.writeHead(statusOf(error), { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(error))
  }
}

function statusOf(error: VatunError): number {
  if (error.code === 'bad-input') return 400
  return error.code === 'not-found' ? 404 : 500
}
