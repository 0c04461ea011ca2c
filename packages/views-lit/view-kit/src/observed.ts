import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Observable, Subscription } from 'rxjs'

/**
 * Keeps the newest value of an Observable for a host element: subscribed while the host is connected, released on disconnect,
 * taken up again on reconnect. The first subscription to a view-model computes it, so it belongs to an update of the host, which calls
 * {@link begin} before it draws.
 */
export class Observed<T> implements ReactiveController {
  /** The newest value; undefined before the first one. */
  value: T | undefined
  /** What the Observable failed with, until it is subscribed to again. */
  error: unknown
  readonly #host: ReactiveControllerHost
  readonly #source: () => Observable<T> | undefined
  #connected = false
  #due = false
  #subscription: Subscription | undefined

  constructor(host: ReactiveControllerHost, source: () => Observable<T> | undefined) {
    this.#host = host
    this.#source = source
    host.addController(this)
  }

  hostConnected(): void {
    this.#connected = true
    this.restart()
  }

  hostDisconnected(): void {
    this.#connected = this.#due = false
    this.#subscription?.unsubscribe()
    this.#subscription = undefined
  }

  /** Asks for the source again and subscribes to it with the next update; what was known is forgotten. */
  restart(): void {
    this.#subscription?.unsubscribe()
    this.#subscription = undefined
    this.value = undefined
    this.error = undefined
    this.#due = this.#connected
    if (this.#due) this.#host.requestUpdate()
  }

  /** Subscribes if that is due. */
  begin(): void {
    if (!this.#due) return
    this.#due = false
    this.#subscription = this.#source()?.subscribe({
      next: (value) => {
        this.value = value
        this.#host.requestUpdate()
      },
      error: (error: unknown) => {
        this.error = error
        this.#host.requestUpdate()
      },
    })
  }
}
