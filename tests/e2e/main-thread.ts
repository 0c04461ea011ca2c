import type { Browser, Page } from 'playwright-core'

/** What tracing says of a piece of work; times in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Of these, the time that the thread computed; absent for less than one. */
  readonly tdur?: number
}

/** Browsers call a task long that takes more milliseconds. */
const longest = 50
const marker = 'vatun main thread'

/**
 * Traces what the main thread of a page does meanwhile and tells the long tasks.
 *
 * Their time is what the thread computed and not what went by: on a machine with more to do than cores, any thread is held up by
 * other programs, which is not the page's doing.
 *
 * @returns a line for each: how long, and what took most of it.
 */
export async function longTasksDuring(browser: Browser, page: Page, run: () => Promise<void>): Promise<string[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'blink.user_timing'] })
  let trace: Buffer
  try {
    await run()
    await page.evaluate((marker) => performance.mark(marker), marker)
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mark = traceEvents.find(({ name }) => name === marker)
  const work = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && pid === mark?.pid && tid === mark.tid)
  const tasks = work.filter(({ name }) => name.endsWith('RunTask'))
  if (!tasks.some(({ tdur = 0 }) => tdur > 0)) throw new Error('the trace does not tell how long tasks compute')
  return tasks.filter((task) => milliseconds(task) > longest).map((task) => describe(task, work))
}

const milliseconds = ({ tdur = 0 }: TraceEvent): number => Math.round(tdur / 1000)

function describe(task: TraceEvent, work: readonly TraceEvent[]): string {
  const parts = work
    .filter((part) => part !== task && part.ts >= task.ts && end(part) <= end(task) && milliseconds(part) > 0)
    .sort((a, b) => milliseconds(b) - milliseconds(a))
    .slice(0, 6)
    .map((part) => `${part.name} ${milliseconds(part)}`)
  return `${milliseconds(task)} ms: ${parts.join(', ')}`
}

const end = ({ ts, dur = 0 }: TraceEvent): number => ts + dur
