/** What {@link TimeSlices} needs of its surroundings. */
export interface SliceClock {
  /** Milliseconds. */
  now(): number
  /** Runs a function in a later task of the event loop. */
  later(run: () => void): void
}

/**
 * Shares a thread: pieces of work run one after the other, and when those of one task have taken long enough, the others wait for
 * the next task, so that the browser can paint and listen to the person in between.
 */
export class TimeSlices {
  readonly #length: number
  readonly #clock: SliceClock
  readonly #waiting: (() => void)[] = []
  /** When the present slice is over; undefined between slices. */
  #end: number | undefined

  /** @param length Milliseconds of a slice. The piece that crosses its end is not interrupted. */
  constructor(length: number, clock: SliceClock = eventLoop) {
    this.#length = length
    this.#clock = clock
  }

  /**
   * Does a piece of work at once while the slice lasts and nobody waits, otherwise in its turn.
   * @returns a promise where the work has to wait; it rejects with what the work throws. Nothing where the work is done.
   */
  run(work: () => void): Promise<void> | undefined {
    const end = this.#end ?? this.#begin()
    if (this.#waiting.length === 0 && this.#clock.now() < end) {
      work()
      return undefined
    }
    return new Promise((resolve, reject) =>
      this.#waiting.push(() => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }),
    )
  }

  /** Begins a slice that ends with the present task. @returns when its time is over. */
  #begin(): number {
    const end = this.#clock.now() + this.#length
    this.#end = end
    this.#clock.later(() => {
      this.#end = undefined
      if (this.#waiting.length > 0) this.#continue()
    })
    return end
  }

  #continue(): void {
    const end = this.#begin()
    do this.#waiting.shift()!()
    while (this.#waiting.length > 0 && this.#clock.now() < end)
  }
}

let channel: MessageChannel | undefined
const messages: (() => void)[] = []

/** Messages come without the four milliseconds that browsers add to timers. */
const eventLoop: SliceClock = {
  now: () => performance.now(),
  later: (run) => {
    if (!channel) {
      channel = new MessageChannel()
      channel.port1.onmessage = () => messages.shift()?.()
    }
    messages.push(run)
    channel.port2.postMessage(null)
  },
}
