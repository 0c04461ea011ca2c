import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RegistrySpec } from '@vatun/augment'
import {
  type Dataset,
  type Loadable,
  type ModelSpec,
  type Session,
  type SessionResults,
  type Step,
  toUint8,
  toVatunError,
  VatunError,
} from '@vatun/core'
import { decodePartial, encodeEmbedding, encodePartial, encodePatterns, encodePredictions } from '@vatun/core/bundle'
import { lastValueFrom, type Observable, type Subscription } from 'rxjs'
import type { Route } from './http-server.js'
import {
  type ResultNews,
  type ServerEvent,
  type ServerPort,
  type SessionDescription,
  serverPorts,
  simulationAxis,
  simulationResult,
} from './session-protocol.js'

/** What is served beside the session itself. */
export interface SessionSource {
  readonly session: Session
  readonly dataset: Dataset
  /** The model as the page is to open it. */
  readonly model: ModelSpec
  /** The changes that the page is to offer. */
  readonly registry: RegistrySpec
  /** The PNG of the sprite sheet, when it is there. */
  readonly sprites: () => Uint8Array | undefined
}

/** Mirrors a session to pages: its subject, its results as they grow, the status line, images, and the ports answered here. */
export function serveSession(source: SessionSource): { route: Route; close: () => void } {
  const board = new ResultBoard(source.session)
  const streams = new Set<Subscription>()

  const route: Route = async (request, response, url) => {
    const [, api, what, name] = url.pathname.split('/')
    if (api !== 'api') return false
    if (what === 'session') sendJson(response, description(source))
    else if (what === 'events') streamEvents(board, source.session, request, response, streams)
    else if (what === 'results' && name) sendBytes(response, 'application/octet-stream', board.encode(name))
    else if (what === 'sprites.png') sendSprites(response, source)
    else if (what === 'images') await sendImages(response, source.dataset, url)
    else if (what === 'ports' && name) await answerPort(source.session, name, request, response)
    else return false
    return true
  }
  return {
    route,
    close: () => {
      board.close()
      for (const stream of streams) stream.unsubscribe()
    },
  }
}

function description({ session, model, registry }: SessionSource): SessionDescription {
  return { subject: session.subject, model, registry }
}

/** Keeps the newest version of every result and encodes a table when somebody asks for it, once a version. */
class ResultBoard {
  readonly #entries = new Map<string, { loadable: Loadable<unknown>; version: number; bytes?: Uint8Array }>()
  readonly #listeners = new Set<(news: ResultNews) => void>()
  readonly #subscription: Subscription

  constructor(session: Session) {
    this.#subscription = session.results$.subscribe((results) => {
      for (const [name, loadable] of named(results)) {
        const entry = this.#entries.get(name)
        if (entry?.loadable === loadable) continue
        const version = (entry?.version ?? 0) + 1
        this.#entries.set(name, { loadable, version })
        for (const tell of this.#listeners) tell(newsOf(name, loadable, version))
      }
    })
  }

  /** Tells the present state of everything, then every change, until the returned function is called. */
  listen(tell: (news: ResultNews) => void): () => void {
    for (const [name, { loadable, version }] of this.#entries) tell(newsOf(name, loadable, version))
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  encode(name: string): Uint8Array {
    const entry = this.#entries.get(name)
    const value = entry && 'value' in entry.loadable ? entry.loadable.value : undefined
    if (!entry || value === undefined) throw new VatunError('not-found', `results: there is no "${name}" yet`)
    entry.bytes ??= encodeResult(name, value)
    return entry.bytes
  }

  close(): void {
    this.#subscription.unsubscribe()
    this.#listeners.clear()
  }
}

function named(results: SessionResults): [string, Loadable<unknown>][] {
  const { simulation, ...others } = results
  return [
    ...Object.entries(others),
    ...Object.entries(simulation).map(([axis, l]) => [simulationResult(axis), l] as [string, Loadable<unknown>]),
  ]
}

function newsOf(name: string, loadable: Loadable<unknown>, version: number): ResultNews {
  const value = 'value' in loadable ? loadable.value : undefined
  return {
    name,
    version,
    status: loadable.status,
    hasValue: value !== undefined,
    ...(loadable.status === 'running' ? { progress: loadable.progress } : {}),
    ...(loadable.status === 'failed' ? { error: loadable.error } : {}),
    ...(name === 'sprites' && value !== undefined ? { sprites: spriteNews(value as SpriteValue) } : {}),
  }
}

type SpriteValue = Extract<SessionResults['sprites'], { status: 'ready' }>['value']

function spriteNews({ tileWidth, tileHeight, columns, rows, indices }: SpriteValue) {
  return { tileWidth, tileHeight, columns, rows, indices: Array.from(indices) }
}

function encodeResult(name: string, value: unknown): Uint8Array {
  if (name === 'predictions') return encodePredictions(value as Parameters<typeof encodePredictions>[0])
  if (name === 'embedding') return encodeEmbedding(value as Parameters<typeof encodeEmbedding>[0])
  if (name === 'patterns') return encodePatterns(value as Parameters<typeof encodePatterns>[0])
  // Not as a table, whose rows repeat what belongs to a class for each of its pairs.
  if (simulationAxis(name) !== undefined) return encodePartial(value)
  throw new VatunError('not-found', `results: "${name}" is not a table`)
}

/** Server-sent events: the present state first, then every change. A slow reader gets the newest state, not a backlog. */
function streamEvents(
  board: ResultBoard,
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
  streams: Set<Subscription>,
): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  const pending = new Map<string, ServerEvent>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    timer = undefined
    for (const event of pending.values()) response.write(`data: ${JSON.stringify(event)}\n\n`)
    pending.clear()
  }
  const send = (key: string, event: ServerEvent) => {
    pending.set(key, event)
    timer ??= setTimeout(flush, 100)
  }
  const stopResults = board.listen((news) => send(news.name, { type: 'result', news }))
  const subscription = session.status$.subscribe((status) => send('status', { type: 'status', status }))
  subscription.add(stopResults)
  subscription.add(() => clearTimeout(timer))
  streams.add(subscription)
  request.on('close', () => {
    subscription.unsubscribe()
    streams.delete(subscription)
  })
}

function sendSprites(response: ServerResponse, { sprites }: SessionSource): void {
  const png = sprites()
  if (!png) throw new VatunError('not-found', 'sprites: the thumbnails are not ready yet')
  sendBytes(response, 'image/png', png)
}

/** Raw uint8 pixels of some images, with shape and labels in headers. */
async function sendImages(response: ServerResponse, dataset: Dataset, url: URL): Promise<void> {
  const indices = (url.searchParams.get('indices') ?? '').split(',').map(Number)
  const wrong = indices.find((i) => !Number.isInteger(i) || i < 0 || i >= dataset.length)
  if (wrong !== undefined || indices.length > 256)
    throw new VatunError('bad-input', `images: expected up to 256 indices from 0 to ${dataset.length - 1}`)
  const { data, n, height, width, channels } = toUint8(await dataset.images(indices))
  response.setHeader('X-Shape', [n, height, width, channels].join(','))
  response.setHeader('X-Labels', indices.map((i) => dataset.label(i)).join(','))
  sendBytes(response, 'application/octet-stream', new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

async function answerPort(
  session: Session,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const known = serverPorts.find((port) => port === name) as ServerPort | undefined
  const port = known && (session.ports[known] as ((request: unknown) => Observable<Step<unknown>>) | undefined)
  if (!port || request.method !== 'POST') throw new VatunError('not-found', `ports: "${name}" is not answered here`)
  const body = decodePartial<unknown>(await readBody(request))
  if (!body) throw new VatunError('bad-input', `ports: the request for "${name}" is damaged`)
  const last = await lastValueFrom(port(body.partial))
  if (last.kind !== 'value') throw toVatunError(new Error('no result'), `ports: ${name}`)
  sendBytes(response, 'application/octet-stream', encodePartial(last.value))
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > 16 * 2 ** 20) throw new VatunError('bad-input', 'ports: the request is larger than 16 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function sendJson(response: ServerResponse, value: unknown): void {
  sendBytes(response, 'application/json', Buffer.from(JSON.stringify(value)))
}

function sendBytes(response: ServerResponse, type: string, bytes: Uint8Array): void {
  response
    .writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.byteLength, 'Cache-Control': 'no-store' })
    .end(bytes)
}
