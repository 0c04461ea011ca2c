import type { Progress, SessionStatus } from '@vatun/core'

/** Told how far a task is. */
export type OnProgress = (label: string, progress: Progress) => void

/** What runs now, with the time it still takes at the rate so far. Finished tasks leave the list. */
export class TaskList {
  readonly #running = new Map<string, { started: number; first: number; progress: Progress }>()

  update(label: string, progress: Progress): void {
    const entry = this.#running.get(label)
    if (progress.done >= progress.total) this.#running.delete(label)
    else if (entry) entry.progress = progress
    else this.#running.set(label, { started: performance.now(), first: progress.done, progress })
  }

  remove(label: string): void {
    this.#running.delete(label)
  }

  list(): SessionStatus['tasks'] {
    return [...this.#running].map(([label, { started, first, progress }]) => {
      const rate = (progress.done - first) / (performance.now() - started)
      const left = (progress.total - progress.done) / rate / 1000
      return {
        label,
        share: progress.done / progress.total,
        secondsLeft: rate > 0 && Number.isFinite(left) ? left : null,
      }
    })
  }
}
