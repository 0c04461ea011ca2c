import { MultiBar, Presets, type SingleBar } from 'cli-progress'

/** What is shown of one task. */
export interface TaskProgress {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly unit: string
}

/** Where progress goes. */
export interface ProgressDisplay {
  /** Shows how far a task is. */
  show(task: TaskProgress): void
  /** Writes a line of text without disturbing the rest. */
  log(line: string): void
  stop(): void
}

/** Bars on a terminal; where the output is no terminal (a log file, CI), a line a task now and then. */
export function createProgressDisplay(): ProgressDisplay {
  return process.stderr.isTTY ? new ProgressBars() : new ProgressLines()
}

/** Rate and time left of each task, counted from the first time it was heard of: what came from the disk is not speed. */
class Clock {
  readonly #started = new Map<string, { at: number; done: number }>()

  describe({ label, done, total }: TaskProgress): { rate: string; left: string } {
    const now = performance.now()
    const start = this.#started.get(label) ?? { at: now, done }
    this.#started.set(label, start)
    const rate = (done - start.done) / ((now - start.at) / 1000)
    const known = rate > 0 && Number.isFinite(rate)
    return {
      rate: known ? `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s` : '–/s',
      left: done >= total ? 'done' : known ? `${duration((total - done) / rate)} left` : '',
    }
  }
}

class ProgressBars implements ProgressDisplay {
  readonly #clock = new Clock()
  readonly #bars = new Map<string, SingleBar>()
  readonly #multi = new MultiBar(
    {
      format: '  {label} {bar} {value}/{total} {unit} · {rate} · {left}',
      hideCursor: true,
      barsize: 24,
      emptyOnZero: true,
      autopadding: true,
    },
    Presets.shades_grey,
  )

  show(task: TaskProgress): void {
    const payload = { label: task.label.padEnd(22), unit: task.unit, ...this.#clock.describe(task) }
    const bar = this.#bars.get(task.label) ?? this.#multi.create(task.total, task.done, payload)
    this.#bars.set(task.label, bar)
    bar.setTotal(task.total)
    bar.update(task.done, payload)
  }

  log(line: string): void {
    this.#multi.log(`${line}\n`)
    this.#multi.update()
  }

  stop(): void {
    this.#multi.stop()
  }
}

class ProgressLines implements ProgressDisplay {
  readonly #clock = new Clock()
  readonly #last = new Map<string, number>()

  show(task: TaskProgress): void {
    const { label, done, total, unit } = task
    const { rate, left } = this.#clock.describe(task)
    const last = this.#last.get(label)
    if (done < total && last !== undefined && performance.now() - last < 10_000) return
    this.#last.set(label, performance.now())
    this.log(`  ${label} ${done}/${total} ${unit} · ${rate} · ${left}`)
  }

  log(line: string): void {
    process.stderr.write(`${line}\n`)
  }

  stop(): void {}
}

/** Seconds as `1:05`, or `1:02:05` from an hour on. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const parts = s >= 3600 ? [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60] : [Math.floor(s / 60), s % 60]
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
