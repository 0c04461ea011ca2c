import { MultiBar, Presets, type SingleBar } from 'cli-progress'

/** What a bar shows of one task. */
export interface TaskProgress {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly unit: string
}

/**
 * Progress bars on the terminal, one a task: done, total, rate and time left. Where the output is no terminal, a line every ten
 * seconds instead.
 */
export class TerminalProgress {
  readonly #bars = new Map<string, { bar: SingleBar; started: number; first: number }>()
  readonly #multi = new MultiBar(
    {
      format: '  {label} {bar} {value}/{total} {unit} · {rate} · {left}',
      hideCursor: true,
      barsize: 24,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      emptyOnZero: true,
      autopadding: true,
    },
    Presets.shades_grey,
  )

  /** Shows how far a task is; the first call makes its bar. */
  show({ label, done, total, unit }: TaskProgress): void {
    let entry = this.#bars.get(label)
    if (!entry) {
      const bar = this.#multi.create(total, done, { label: label.padEnd(22), unit, rate: '…', left: '…' })
      entry = { bar, started: performance.now(), first: done }
      this.#bars.set(label, entry)
    }
    const seconds = (performance.now() - entry.started) / 1000
    const rate = (done - entry.first) / Math.max(seconds, 1e-3)
    const finished = done >= total
    entry.bar.update(done, {
      label: label.padEnd(22),
      unit,
      rate: rate > 0 ? `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s` : '…',
      left: finished ? 'done' : rate > 0 ? `${duration((total - done) / rate)} left` : '…',
    })
    if (finished) entry.bar.stop()
  }

  /** Writes a line above the bars. */
  log(line: string): void {
    this.#multi.log(`${line}\n`)
    this.#multi.update()
  }

  stop(): void {
    this.#multi.stop()
  }
}

/** Seconds as `1:05`, or `1:02:05` from an hour on. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const parts = s >= 3600 ? [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60] : [Math.floor(s / 60), s % 60]
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
