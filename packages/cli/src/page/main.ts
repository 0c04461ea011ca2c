import '@vatun/workbench/define.js'
import { connectWorker } from '@vatun/backend-web'
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
} from '@vatun/core'
import type { VatunWorkbench } from '@vatun/workbench'
import { debounceTime } from 'rxjs'
import type { SessionDescription } from '../server/session-protocol.js'
import { fetchResponse } from './fetch-bytes.js'
import { followServer, serverPort } from './remote-session.js'
import type { PageWorkerInit } from './worker.js'

openPage().catch((error: unknown) => showMessage(toVatunError(error, 'page').message))

/** Opens the workbench on the server that this page came from. */
async function openPage(): Promise<void> {
  const { subject, model } = (await (await fetchResponse('/api/session')).json()) as SessionDescription
  const init: PageWorkerInit = {
    model: { ...model, url: new URL(model.url, location.href).href },
    wasmUrl: new URL('/wasm/', location.href).href,
  }
  const engine = connectWorker(new Worker('/worker.js', { type: 'module' }), init)
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
  let own: SessionStatus['engines'] = []
  const show = () => session.setStatus({ engines: [...server.engines, ...own], tasks: server.tasks })
  followServer(session, (status) => {
    server = status ?? { engines: [], tasks: [{ label: 'server is gone', share: 0, secondsLeft: null }] }
    show()
  })
  // That the engine could not start is told by every port; the status line just does not list it.
  engine.report.then(
    (report) => {
      own = [{ where: 'page', report }]
      show()
    },
    () => {},
  )
  session.state$.pipe(debounceTime(300)).subscribe((state) => {
    const link = stateToLink(state)
    history.replaceState(null, '', link ? `#${link}` : location.pathname)
  })
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
