import {
  type Loadable,
  type Session,
  type SessionStatus,
  type Step,
  streamOf,
  toVatunError,
  VatunError,
} from '@vatun/core'
import {
  decodeEmbedding,
  decodePartial,
  decodePatterns,
  decodePredictions,
  decodeSimulation,
  encodePartial,
} from '@vatun/core/bundle'
import type { Observable } from 'rxjs'
import type { ResultNews, ServerEvent, ServerPort } from '../server/session-protocol.js'
import { fetchBytes } from './fetch-bytes.js'

/** A port that the server answers. */
export function serverPort<Request, Result>(name: ServerPort): (request: Request) => Observable<Step<Result>> {
  return (request) =>
    streamOf<Step<Result>>(async (emit, signal) => {
      const body = encodePartial(request) as Uint8Array<ArrayBuffer>
      const answer = decodePartial<Result>(await fetchBytes(`/api/ports/${name}`, { method: 'POST', body, signal }))
      if (!answer) throw new VatunError('io', `${name}: the server's answer is damaged, try again`)
      emit({ kind: 'value', value: answer.partial, progress: { done: 1, total: 1, unit: 'answers' } })
    })
}

/**
 * Keeps a page's session equal to the server's: follows its events and fetches the tables they announce, newest only.
 *
 * @param onStatus Told the server's engines and tasks; undefined when the server is gone.
 * @returns a function that stops following.
 */
export function followServer(session: Session, onStatus: (status: SessionStatus | undefined) => void): () => void {
  const source = new EventSource('/api/events')
  /** Results being fetched, each with the news that came meanwhile. */
  const fetching = new Map<string, ResultNews | undefined>()

  const take = async (news: ResultNews): Promise<void> => {
    if (fetching.has(news.name)) {
      fetching.set(news.name, news)
      return
    }
    fetching.set(news.name, undefined)
    try {
      feed(session, news.name, toLoadable(news, news.hasValue ? await loadValue(news) : undefined))
    } catch (error) {
      feed(session, news.name, { status: 'failed', error: toVatunError(error, news.name).toJSON() })
    }
    const newer = fetching.get(news.name)
    fetching.delete(news.name)
    if (newer) await take(newer)
  }

  source.onerror = () => onStatus(undefined)
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as ServerEvent
    if (event.type === 'status') onStatus(event.status)
    else void take(event.news)
  }
  return () => source.close()
}

async function loadValue(news: ResultNews): Promise<unknown> {
  if (news.sprites)
    return {
      ...news.sprites,
      indices: Int32Array.from(news.sprites.indices),
      url: `/api/sprites.png?version=${news.version}`,
    }
  const bytes = await fetchBytes(`/api/results/${news.name}?version=${news.version}`)
  if (news.name === 'predictions') return decodePredictions(bytes)
  if (news.name === 'embedding') return decodeEmbedding(bytes)
  if (news.name === 'patterns') return decodePatterns(bytes)
  return decodeSimulation(bytes)
}

function feed(session: Session, name: string, loadable: Loadable<unknown>): void {
  const axis = name.startsWith('simulation-') ? name.slice('simulation-'.length) : undefined
  if (axis === undefined) session.setResults({ [name]: loadable })
  else session.setResults({ simulation: { ...session.results.simulation, [axis]: loadable as Loadable<never> } })
}

function toLoadable(news: ResultNews, value: unknown): Loadable<unknown> {
  const partial = value === undefined ? {} : { value }
  if (news.status === 'ready' && value !== undefined) return { status: 'ready', value }
  if (news.status === 'failed' && news.error) return { status: 'failed', error: news.error, ...partial }
  if (news.status === 'waiting') return { status: 'waiting' }
  return { status: 'running', progress: news.progress ?? { done: 0, total: 1, unit: 'steps' }, ...partial }
}
