import type { LitElement, ReactiveController } from 'lit'

/** The size of an element's content box in CSS pixels, kept while it is connected; 0 × 0 before the first layout. */
export class ElementSize implements ReactiveController {
  width = 0
  height = 0
  readonly #host: LitElement
  #observer: ResizeObserver | undefined
  #target: Element | undefined

  /** Watches the host itself until {@link watch} names another element. */
  constructor(host: LitElement) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    if (typeof ResizeObserver === 'undefined') return
    this.#observer = new ResizeObserver((entries) => {
      const box = entries.at(-1)!.contentRect
      if (box.width === this.width && box.height === this.height) return
      this.width = box.width
      this.height = box.height
      this.#host.requestUpdate()
    })
    this.#observer.observe(this.#target ?? this.#host)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  /** Watches an element of the host's shadow tree instead; cheap to call after every update. */
  watch(target: Element | null | undefined): void {
    if (!target || target === this.#target) return
    this.#observer?.disconnect()
    this.#target = target
    this.#observer?.observe(target)
  }
}
