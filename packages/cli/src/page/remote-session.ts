import { type Loadable, type Session, type SessionStatus, type Step, streamOf, VatunError } from '@vatun/core'
import { decodePartial, encodePartial } from '@vatun/core/bundle'
import type { Observable } from 'rxjs'
import { type ServerPort, type SessionDescription, simulationAxis } from '../server/session-protocol.js'
import { fetchBytes } from './fetch-bytes.js'
import type { MirrorMessage } from './session-mirror.js'

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

/** The worker that reads the server's tables, see {@link followServer}. */
export interface Mirror {
  readonly worker: Worker
  /** Resolves when it cannot be loaded or throws, also before anybody follows. */
  readonly failed: Promise<unknown>
}

/** Starts the worker, which takes a while, so that it is there when there is a session to feed. */
export function startMirror(): Mirror {
  const worker = new Worker('/workers/session-mirror.js', { type: 'module' })
  return { worker, failed: new Promise((resolve) => worker.addEventListener('error', resolve, { once: true })) }
}

/**
 * Keeps a page's session equal to the server's, and opens the page again when the server has been started with something else.
 *
 * @param description What the server said that it serves, and the session shows.
 * @param onStatus Told the server's engines and tasks, or what is wrong.
 */
export function followServer(
  session: Session,
  description: SessionDescription,
  { worker, failed }: Mirror,
  onStatus: (status: SessionStatus) => void,
): void {
  const trouble = (label: string) => onStatus({ engines: [], tasks: [{ label, share: Number.NaN, secondsLeft: null }] })
  void failed.then(() => trouble('results do not arrive any more, reload the page'))
  worker.onmessage = ({ data: message }: MessageEvent<MirrorMessage>) => {
    if (message.kind === 'status') onStatus(message.status)
    else if (message.kind === 'gone') trouble('server is gone')
    else if (message.kind === 'replaced') location.reload()
    else feed(session, message.name, message.loadable)
  }
  worker.postMessage(description)
}

function feed(session: Session, name: string, loadable: Loadable<unknown>): void {
  const axis = simulationAxis(name)
  if (axis === undefined) session.setResults({ [name]: loadable })
  else session.setResults({ simulation: { ...session.results.simulation, [axis]: loadable as Loadable<never> } })
}
