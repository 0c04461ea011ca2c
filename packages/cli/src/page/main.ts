import { connectWorker, type WorkerStatus } from '@vatun/backend-web'
import {
  type ActivationsRequest,
  type ActivationsResult,
  Session,
  type SessionState,
  type SessionStatus,
  stateFromLink,
  stateToLink,
  type TopImagesRequest,
  type TopImagesResult,
  toVatunError,
  yieldToEventLoop,
} from '@vatun/core'
import type { VatunWorkbench } from '@vatun/workbench'
import { debounceTime } from 'rxjs'
import type { SessionDescription } from '../server/session-protocol.js'
import { fetchResponse } from './fetch-bytes.js'
import { followServer, serverPort, startMirror } from './remote-session.js'
import type { PageWorkerInit } from './worker.js'

openPage().catch((error: unknown) => showMessage(toVatunError(error, 'page').message))

/** Opens the workbench on the server that this page came from. */
async function openPage(): Promise<void> {
  const mirror = startMirror()
  const [description] = await Promise.all([describeSession(), import('@vatun/workbench/define.js')])
  const { subject, model, registry } = description
  // The views have just been evaluated; what follows draws them, in a task of its own.
  await yieldToEventLoop()
  const init: PageWorkerInit = {
    model: { ...model, url: new URL(model.url, location.href).href },
    wasmUrl: new URL('/wasm/', location.href).href,
    registry,
  }
  const engine = connectWorker(() => new Worker('/workers/worker.js', { type: 'module' }), init)
  const session = new Session({
    subject,
    state: readLink(),
    ports: {
      predict: engine.ports.predict,
      explain: engine.ports.explain,
      sweep: engine.ports.sweep,
      activations: serverPort<ActivationsRequest, ActivationsResult>('activations'),
      topImages: serverPort<TopImagesRequest, TopImagesResult>('topImages'),
    },
  })
  document.title = `${subject.model.name} · VATUN`
  const workbench: VatunWorkbench = document.createElement('vatun-workbench')
  workbench.session = session
  document.body.replaceChildren(workbench)

  let server: SessionStatus = { engines: [], tasks: [] }
  let own: SessionStatus = { engines: [], tasks: [] }
  const show = () =>
    session.setStatus({ engines: [...server.engines, ...own.engines], tasks: [...server.tasks, ...own.tasks] })
  followServer(session, description, mirror, (status) => {
    server = status
    show()
  })
  engine.status$.subscribe((status) => {
    own = describeWorker(status)
    show()
  })
  session.state$.pipe(debounceTime(300)).subscribe((state) => {
    const link = stateToLink(state)
    history.replaceState(null, '', link ? `#${link}` : location.pathname)
  })
}

async function describeSession(): Promise<SessionDescription> {
  return (await fetchResponse('/api/session')).json() as Promise<SessionDescription>
}

/** The page's worker in the status line. That it failed is told by every view that asks it. */
function describeWorker(status: WorkerStatus): SessionStatus {
  if (status.state === 'ready') return { engines: [{ where: 'page', report: status.report }], tasks: [] }
  if (status.state === 'failed' || !status.lost) return { engines: [], tasks: [] }
  const label = `${status.lost.name} of the page stopped, starting again`
  return { engines: [], tasks: [{ label, share: 0, secondsLeft: null }] }
}

/** What the address asks for; a damaged address opens the page as if it asked for nothing. */
function readLink(): Partial<SessionState> {
  try {
    return stateFromLink(location.hash)
  } catch (error) {
    console.warn(toVatunError(error, 'link').message)
    return {}
  }
}

function showMessage(text: string): void {
  const message = document.createElement('p')
  message.className = 'message'
  message.setAttribute('role', 'alert')
  message.textContent = text
  document.body.replaceChildren(message)
}
