import { type BackendReport, type Step, streamOf, yieldToEventLoop } from '@vatun/core'
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWorker, type WorkerStatus } from './connect-worker.js'
import type { EngineContext, PortHandler } from './worker.js'
import { TestWorker } from './worker-channel.test.data.js'

const workers: TestWorker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

/** An engine that goes away when it is told to. */
function fragile(name: string) {
  let reason: string | undefined
  let tell: (reason: string) => void
  const lost = new Promise<string>((resolve) => {
    tell = resolve
  })
  const lose = (why: string) => {
    reason = why
    tell(why)
  }
  return { life: { name, lost, whyLost: () => reason }, lose }
}

type Handlers = (place: { nth: number; lose: (why: string) => void }) => Record<string, PortHandler>

/** A connection that can start as many workers as it wants; each takes `webgl` unless told to avoid it. */
function connect(handlers: Handlers) {
  const nths: number[] = []
  const connection = connectWorker(() => {
    const nth = workers.length + 1
    nths.push(nth)
    const worker = new TestWorker(async (_init: unknown, { avoid, watch }: EngineContext) => {
      const name = avoid.some((engine) => engine.name === 'webgl') ? 'wasm' : 'webgl'
      const engine = fragile(name)
      watch(engine.life)
      const report: BackendReport = { name, device: 'cpu', threads: 1, rejected: avoid }
      return { report, handlers: handlers({ nth, lose: engine.lose }) }
    })
    workers.push(worker)
    return worker
  }, {})
  const statuses: WorkerStatus[] = []
  connection.status$.subscribe((status) => statuses.push(status))
  return {
    ...connection,
    statuses,
    nths,
    ask: <T>(name: string) => lastValueFrom(connection.port<null, T>(name)(null)),
  }
}

const never = () => new Promise(() => undefined)
const states = (statuses: readonly WorkerStatus[]) =>
  statuses.map((status) => (status.state === 'ready' ? status.report.name : status.state))

describe('a worker whose engine goes away', () => {
  it('is replaced, and what waits is asked again', async () => {
    const { ask, statuses, nths } = connect(({ nth, lose }) => ({
      work: async () => {
        if (nth === 1) lose('the driver was reset')
        // Garbage, read from a dead engine.
        return nth === 1 ? 0 : 42
      },
    }))
    expect(await ask('work')).toMatchObject({ value: 42 })
    expect(nths).toEqual([1, 2])
    expect(states(statuses)).toEqual(['opening', 'webgl', 'opening', 'webgl'])
    expect(statuses[2]).toEqual({ state: 'opening', lost: { name: 'webgl', reason: 'the driver was reset' } })
    expect(workers[0]!.terminated).toBe(true)
  })

  it('is replaced when the computation falls over the loss first', async () => {
    const { ask } = connect(({ nth, lose }) => ({
      work: async () => {
        if (nth > 1) return nth
        setTimeout(() => lose('the driver was reset'), 5)
        throw new Error('Unable to create WebGLTexture.')
      },
    }))
    expect(await ask('work')).toMatchObject({ value: 2 })
  })

  it('is replaced while nothing is asked', async () => {
    let loseFirst: ((why: string) => void) | undefined
    const { ask, report, nths } = connect(({ nth, lose }) => {
      loseFirst ??= lose
      return { work: async () => nth }
    })
    await report
    loseFirst!('the laptop slept')
    while (nths.length < 2) await yieldToEventLoop()
    expect(await ask('work')).toMatchObject({ value: 2 })
  })

  it('is not trusted after the second time', async () => {
    const { ask, statuses } = connect(({ nth, lose }) => ({
      work: async () => {
        if (nth < 3) lose('the driver was reset')
        return nth
      },
    }))
    // The first loss is not told, the second is: this request may be what the engine cannot bear.
    await expect(ask('work')).rejects.toMatchObject({
      code: 'engine',
      message: 'worker: webgl stopped, try again: the driver was reset',
      details: { retry: true },
    })
    expect(await ask('work')).toMatchObject({ value: 3 })
    expect(states(statuses)).toEqual(['opening', 'webgl', 'opening', 'webgl', 'opening', 'wasm'])
    const last = statuses.at(-1)
    expect(last?.state === 'ready' && last.report.rejected).toEqual([
      { name: 'webgl', reason: 'it stopped 2 times: the driver was reset' },
    ])
  })

  it('fails a stream that has begun, once, and starts the others again', async () => {
    const { port, ask } = connect(({ nth, lose }) => ({
      stream: () =>
        streamOf<Step<number>>(async (emit) => {
          emit({ kind: 'value', value: 1, progress: { done: 1, total: 2, unit: 'images' } })
          await yieldToEventLoop()
          lose('the driver was reset')
          emit({ kind: 'value', value: 0, progress: { done: 2, total: 2, unit: 'images' } })
        }),
      other: () => (nth === 1 ? never() : Promise.resolve(nth)),
    }))
    const other = ask('other')
    const seen: unknown[] = []
    const error = await new Promise((resolve) => {
      port('stream')(null).subscribe({ next: (step) => seen.push(step), error: resolve })
    })
    expect(seen).toHaveLength(1)
    expect(error).toMatchObject({ code: 'engine', details: { retry: true } })
    expect(await other).toMatchObject({ value: 2 })
  })

  it('ends the connection where there is only one worker', async () => {
    const engine = fragile('webgl')
    const worker = new TestWorker(async (_init: unknown, { watch }) => {
      watch(engine.life)
      return { report: { name: 'webgl', device: 'gpu', threads: 1, rejected: [] }, handlers: { never } }
    })
    workers.push(worker)
    const { port, report } = connectWorker(worker, {})
    const pending = lastValueFrom(port('never')(null))
    await report
    engine.lose('the driver was reset')
    const error = { message: 'worker: webgl stopped, reload the page: the driver was reset', details: { retry: false } }
    await expect(pending).rejects.toMatchObject(error)
    await expect(lastValueFrom(port('never')(null))).rejects.toMatchObject(error)
  })
})

describe('a worker that crashes', () => {
  it('fails what is pending; the next request starts another', async () => {
    const { ask, statuses, report } = connect(({ nth }) => ({ work: async () => (nth === 1 ? never() : nth) }))
    const pending = ask('work')
    await report
    workers[0]!.crash({ message: 'Uncaught RangeError: out of memory', filename: 'worker.js', lineno: 7 })
    await expect(pending).rejects.toMatchObject({
      code: 'engine',
      message: 'worker: crashed, try again: Uncaught RangeError: out of memory (worker.js:7)',
      details: { retry: true },
    })
    expect(workers).toHaveLength(1)
    expect(await ask('work')).toMatchObject({ value: 2 })
    expect(states(statuses)).toEqual(['opening', 'webgl', 'failed', 'opening', 'webgl'])
  })

  it('starts another for a subscriber that asks again at once', async () => {
    const { port, report } = connect(({ nth }) => ({ work: async () => (nth === 1 ? never() : nth) }))
    const answers: unknown[] = []
    const done = new Promise<void>((resolve) => {
      const subscribe = () => {
        port('work')(null).subscribe({ next: (step) => answers.push(step), error: subscribe, complete: resolve })
      }
      subscribe()
    })
    await report
    workers[0]!.crash({})
    await done
    expect(answers).toMatchObject([{ value: 2 }])
  })

  it('says why it cannot be started, and tries again with the next request', async () => {
    let attempts = 0
    const { port, status$ } = connectWorker(() => {
      if (++attempts < 3) throw new DOMException('blocked by the policy of this page', 'SecurityError')
      const worker = new TestWorker(async () => ({
        report: { name: 'cpu', device: 'cpu', threads: 1, rejected: [] },
        handlers: { work: async () => 1 },
      }))
      workers.push(worker)
      return worker
    }, {})
    expect(await firstValueFrom(status$)).toMatchObject({ state: 'failed' })
    const message = 'worker: cannot be started: blocked by the policy of this page'
    await expect(lastValueFrom(port('work')(null))).rejects.toMatchObject({ code: 'engine', message })
    expect(await lastValueFrom(port('work')(null))).toMatchObject({ value: 1 })
  })

  it('stays ended once the connection was terminated', async () => {
    const { ask, terminate, status$, nths } = connect(() => ({ never }))
    const ends = lastValueFrom(status$.pipe(toArray()))
    const pending = ask('never')
    terminate()
    terminate()
    const message = 'worker: was terminated, connect a new one'
    await expect(pending).rejects.toMatchObject({ message })
    await expect(ask('never')).rejects.toMatchObject({ message })
    expect(states(await ends)).toEqual(['opening', 'failed'])
    expect(nths).toEqual([1])
  })
})
