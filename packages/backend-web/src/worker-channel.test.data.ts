import { MessageChannel } from 'node:worker_threads'
import type { WorkerLike } from './connect-worker.js'
import { type EngineContext, type PortScope, type ServedPorts, servePorts } from './worker.js'

/** The worker's side of the protocol in this process, joined to the page's side by real message ports. */
export class TestWorker implements WorkerLike {
  readonly #channel = new MessageChannel()
  readonly #crashes = new EventTarget()
  terminated = false

  constructor(open: (init: never, engine: EngineContext) => Promise<ServedPorts>) {
    servePorts(open, this.#channel.port2 as unknown as PortScope)
    this.#channel.port2.start()
  }

  postMessage(message: unknown): void {
    this.#channel.port1.postMessage(message)
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    if (type === 'error') this.#crashes.addEventListener(type, listener)
    else (this.#channel.port1 as unknown as EventTarget).addEventListener(type, listener)
    this.#channel.port1.start()
  }

  terminate(): void {
    this.terminated = true
    this.#channel.port1.close()
    this.#channel.port2.close()
  }

  /** Raises the event with which a browser reports a dead worker. */
  crash(facts: object): void {
    this.#crashes.dispatchEvent(Object.assign(new Event('error'), facts))
  }
}
