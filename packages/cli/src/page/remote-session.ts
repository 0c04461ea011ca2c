import { type Loadable, type Session, type SessionStatus, type Step, streamOf, VatunError } from '@vatun/core'
import { decodePartial, encodePartial } from '@vatun/core/bundle'
import type { Observable } from 'rxjs'
import { type ServerPort, simulationAxis } from '../server/session-protocol.js'
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

/**
 * Keeps a page's session equal to the server's, through a worker that reads the tables.
 *
 * @param mirror The worker `session-mirror.js`.
 * @param onStatus Told the server's engines and tasks, or what is wrong.
 */
export function followServer(session: Session, mirror: Worker, onStatus: (status: SessionStatus) => void): void {
  const trouble = (label: string) => onStatus({ engines: [], tasks: [{ label, share: Number.NaN, secondsLeft: null }] })
  mirror.onerror = () => trouble('results do not arrive any more, reload the page')
  mirror.onmessage = ({ data: message }: MessageEvent<MirrorMessage>) => {
    if (message.kind === 'status') onStatus(message.status)
    else if (message.kind === 'gone') trouble('server is gone')
    else feed(session, message.name, message.loadable)
  }
  mirror.postMessage('follow')
}

function feed(session: Session, name: string, loadable: Loadable<unknown>): void {
  const axis = simulationAxis(name)
  if (axis === undefined) session.setResults({ [name]: loadable })
  else session.setResults({ simulation: { ...session.results.simulation, [axis]: loadable as Loadable<never> } })
}
