import type { LitElement, ReactiveController } from 'lit'
import { BehaviorSubject, type Observable } from 'rxjs'

/** Whether an element of the host can be seen: on screen and not scrolled away. Never while the host is disconnected. */
export class Visible implements ReactiveController {
  readonly #visible = new BehaviorSubject(false)
  #observer: IntersectionObserver | undefined
  #target: Element | undefined

  constructor(host: LitElement) {
    host.addController(this)
  }

  get visible$(): Observable<boolean> {
    return this.#visible
  }

  hostConnected(): void {
    if (typeof IntersectionObserver === 'undefined') return
    this.#observer = new IntersectionObserver((entries) => this.#visible.next(entries.at(-1)!.isIntersecting))
    if (this.#target) this.#observer.observe(this.#target)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
    this.#visible.next(false)
  }

  /** Names the element; cheap to call after every update. */
  watch(target: Element | null): void {
    if (target === (this.#target ?? null)) return
    if (this.#target) this.#observer?.unobserve(this.#target)
    this.#target = target ?? undefined
    if (target) this.#observer?.observe(target)
    else this.#visible.next(false)
  }
}
