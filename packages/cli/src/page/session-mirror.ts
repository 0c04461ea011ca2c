import {
  type Loadable,
  type SessionStatus,
  type SimulationResult,
  toVatunError,
  transferables,
  VatunError,
} from '@vatun/core'
import { decodeEmbedding, decodePartial, decodePatterns, decodePredictions } from '@vatun/core/bundle'
import type { ResultNews, ServerEvent, SessionDescription } from '../server/session-protocol.js'
import { fetchBytes, fetchResponse } from './fetch-bytes.js'
import { ownArrays } from './own-arrays.js'

/** What the worker tells the page. */
export type MirrorMessage =
  | { readonly kind: 'status'; readonly status: SessionStatus }
  | { readonly kind: 'result'; readonly name: string; readonly loadable: Loadable<unknown> }
  /** The server does not answer any more. */
  | { readonly kind: 'gone' }
  /** The server was started again, with something else than what the page shows. */
  | { readonly kind: 'replaced' }

// A worker of its own: neither the page nor the computations of the other worker wait while tables are read, and they wait for nobody.
// It begins when the page has a session to feed, and is told of what.
addEventListener('message', ({ data }: MessageEvent<SessionDescription>) => follow(JSON.stringify(data)), {
  once: true,
})

/** Results being fetched, each with the news that came meanwhile. */
const fetching = new Map<string, ResultNews | undefined>()

/** Browsers begin again by themselves where a connection breaks, but not where something in between answers with an error. */
const patience = 3000

function follow(shown: string): void {
  const source = new EventSource('/api/events')
  source.onopen = () => void compare(shown)
  source.onerror = () => {
    tell({ kind: 'gone' })
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, patience, shown)
  }
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as ServerEvent
    if (event.type === 'status') tell({ kind: 'status', status: event.status })
    else void take(event.news)
  }
}

/** Results of another model, or of changes that the page's own worker does not know, must not stand beside the old ones. */
async function compare(shown: string): Promise<void> {
  const served = await fetchResponse('/api/session')
    .then((response) => response.json())
    .catch(() => undefined)
  if (served && JSON.stringify(served) !== shown) tell({ kind: 'replaced' })
}

function tell(message: MirrorMessage): void {
  const own = ownArrays(message)
  postMessage(own, { transfer: transferables(own) })
}

/** Fetches the table that the news announces, newest only. */
async function take(news: ResultNews): Promise<void> {
  const { name } = news
  if (fetching.has(name)) {
    fetching.set(name, news)
    return
  }
  for (let next: ResultNews | undefined = news; next; next = fetching.get(name)) {
    fetching.set(name, undefined)
    tell({ kind: 'result', name, loadable: await load(next) })
  }
  fetching.delete(name)
}

async function load(news: ResultNews): Promise<Loadable<unknown>> {
  try {
    return toLoadable(news, news.hasValue ? await loadValue(news) : undefined)
  } catch (error) {
    return { status: 'failed', error: toVatunError(error, news.name).toJSON() }
  }
}

async function loadValue({ name, version, sprites }: ResultNews): Promise<unknown> {
  if (sprites)
    return { ...sprites, indices: Int32Array.from(sprites.indices), url: `/api/sprites.png?version=${version}` }
  const bytes = await fetchBytes(`/api/results/${name}?version=${version}`)
  if (name === 'predictions') return decodePredictions(bytes)
  if (name === 'embedding') return decodeEmbedding(bytes)
  if (name === 'patterns') return decodePatterns(bytes)
  const simulation = decodePartial<SimulationResult>(bytes)
  if (!simulation) throw new VatunError('io', `${name}: what the server sent is damaged, reload the page`)
  return simulation.partial
}

function toLoadable(news: ResultNews, value: unknown): Loadable<unknown> {
  const partial = value === undefined ? {} : { value }
  if (news.status === 'ready' && value !== undefined) return { status: 'ready', value }
  if (news.status === 'failed' && news.error) return { status: 'failed', error: news.error, ...partial }
  if (news.status === 'waiting') return { status: 'waiting' }
  return { status: 'running', progress: news.progress ?? { done: 0, total: 1, unit: 'steps' }, ...partial }
}
