import { type BackendReport, type Step, streamOf, VatunError, yieldToEventLoop } from '@vatun/core'
import { firstValueFrom, lastValueFrom, Observable, toArray } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWorker, type WorkerConnection } from './connect-worker.js'
import type { PortHandler, ServedPorts } from './worker.js'
import { TestWorker } from './worker-channel.test.data.js'

const report: BackendReport = { name: 'wasm', device: 'cpu', threads: 1, rejected: [] }
const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

function connect(open: (init: never) => Promise<ServedPorts>, init: unknown = {}) {
  const worker = new TestWorker(open)
  cleanUps.push(() => worker.terminate())
  const connection: WorkerConnection = connectWorker(worker, init)
  return { ...connection, crash: (facts: object) => worker.crash(facts), isTerminated: () => worker.terminated }
}

const serving = (handlers: Record<string, PortHandler>) => connect(async () => ({ report, handlers }))
const value = <T>(v: T): Step<T> => ({ kind: 'value', value: v, progress: { done: 1, total: 1, unit: 'answers' } })

describe('a worker connection', () => {
  it('hands over init and reports the engine', async () => {
    let seen: unknown
    const { report: reported } = connect(
      async (init) => {
        seen = init
        return { report, handlers: {} }
      },
      { model: 'net.onnx' },
    )
    expect(await reported).toEqual(report)
    expect(seen).toEqual({ model: 'net.onnx' })
  })

  it('answers with the value of a promise', async () => {
    const { port } = serving({ double: async (n: number) => n * 2 })
    expect(await lastValueFrom(port<number, number>('double')(21).pipe(toArray()))).toEqual([value(42)])
  })

  it('answers with the steps of a stream, typed arrays and NaN included', async () => {
    const { port } = serving({
      count: (n: number) =>
        streamOf<Step<Float32Array>>(async (emit) => {
          emit({ kind: 'progress', progress: { done: 0, total: n, unit: 'images' } })
          for (let i = 1; i <= n; i++)
            emit({
              kind: 'value',
              value: Float32Array.of(i, Number.NaN),
              progress: { done: i, total: n, unit: 'images' },
            })
        }),
    })
    const steps = await lastValueFrom(port<number, Float32Array>('count')(2).pipe(toArray()))
    expect(steps).toEqual([
      { kind: 'progress', progress: { done: 0, total: 2, unit: 'images' } },
      { kind: 'value', value: Float32Array.of(1, Number.NaN), progress: { done: 1, total: 2, unit: 'images' } },
      { kind: 'value', value: Float32Array.of(2, Number.NaN), progress: { done: 2, total: 2, unit: 'images' } },
    ])
  })

  it('moves results and copies requests', async () => {
    const made = new Float32Array(8)
    const { port } = serving({ make: async () => made })
    const request = new Float32Array(8)
    await lastValueFrom(port('make')(request))
    expect(made.length).toBe(0)
    expect(request.length).toBe(8)
  })

  it('computes only when subscribed, once for each subscription', async () => {
    let runs = 0
    const { port } = serving({ run: async () => ++runs })
    const stream = port<null, number>('run')(null)
    await yieldToEventLoop()
    expect(runs).toBe(0)
    expect(await lastValueFrom(stream)).toEqual(value(1))
    expect(await lastValueFrom(stream)).toEqual(value(2))
  })

  it('cancels a running stream between batches and emits nothing afterwards', async () => {
    let batches = 0
    let tell: (aborted: boolean) => void
    const ended = new Promise<boolean>((resolve) => {
      tell = resolve
    })
    const { port } = serving({
      work: () =>
        streamOf<Step<number>>(async (emit, signal) => {
          while (!signal.aborted) {
            emit(value(batches++))
            await yieldToEventLoop()
          }
          tell(signal.aborted)
        }),
    })
    let seen = 0
    const subscription = port<null, number>('work')(null).subscribe(() => {
      seen++
    })
    while (seen < 3) await yieldToEventLoop()
    subscription.unsubscribe()
    const before = seen
    expect(await ended).toBe(true)
    await yieldToEventLoop()
    expect(seen).toBe(before)
  })

  it('tells a promise handler by its signal, and answers the next request after it', async () => {
    const events: string[] = []
    const { port } = serving({
      wait: async (name: string, signal) => {
        events.push(`start ${name}`)
        while (name === 'slow' && !signal.aborted) await yieldToEventLoop()
        events.push(`end ${name}`)
        return name
      },
    })
    const slow = port<string, string>('wait')('slow').subscribe()
    while (events.length === 0) await yieldToEventLoop()
    const skipped = port<string, string>('wait')('skipped').subscribe()
    const next = firstValueFrom(port<string, string>('wait')('next'))
    skipped.unsubscribe()
    slow.unsubscribe()
    expect(await next).toEqual(value('next'))
    expect(events).toEqual(['start slow', 'end slow', 'start next', 'end next'])
  })

  it('computes one at a time on a port, side by side on different ports', async () => {
    const running: Record<string, number> = { a: 0, b: 0 }
    let most = 0
    let both = false
    const handler =
      (name: string): PortHandler =>
      async () => {
        running[name]!++
        most = Math.max(most, running[name]!)
        for (let i = 0; i < 5; i++) {
          both ||= running.a! > 0 && running.b! > 0
          await yieldToEventLoop()
        }
        running[name]!--
      }
    const { port } = serving({ a: handler('a'), b: handler('b') })
    await Promise.all(['a', 'a', 'b', 'b'].map((name) => lastValueFrom(port(name)(null))))
    expect(most).toBe(1)
    expect(both).toBe(true)
  })

  it('carries errors over as VatunErrors', async () => {
    const { port, ports } = serving({
      ours: () =>
        new Observable((s) => s.error(new VatunError('not-found', 'ours: no layer "x"', { details: { layer: 'x' } }))),
      thrown: () => {
        throw new TypeError('x is not a function')
      },
      rejected: () => Promise.reject(new VatunError('bad-input', 'rejected: as asked')),
      uncloneable: async () => ({ call: () => 1 }),
    })
    const failing = (name: string) => lastValueFrom(port(name)(null)).catch((error: unknown) => error)
    expect(await failing('ours')).toBeInstanceOf(VatunError)
    expect(await failing('ours')).toMatchObject({ code: 'not-found', details: { layer: 'x' } })
    expect(await failing('thrown')).toMatchObject({ code: 'engine', message: 'worker: thrown: x is not a function' })
    expect(await failing('rejected')).toMatchObject({ code: 'bad-input', message: 'rejected: as asked' })
    expect(await failing('uncloneable')).toMatchObject({ message: expect.stringContaining('could not be cloned') })
    expect(await failing('toString')).toMatchObject({ code: 'unsupported' })
    const predict = ports.predict({ image: { kind: 'dataset', index: 0 }, pipeline: [] })
    await expect(lastValueFrom(predict)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'worker: no port "predict", this worker answers ours, thrown, rejected, uncloneable',
    })
  })

  it('says when a request cannot be sent', async () => {
    const { port } = serving({ call: async () => 1 })
    const request = { call: () => 1 }
    await expect(lastValueFrom(port('call')(request))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('call: the request cannot be sent: '),
    })
    expect(await lastValueFrom(port('call')(null))).toEqual(value(1))
  })

  it('fails everything when the worker cannot open what it should', async () => {
    const connection = connect(async () => {
      throw new VatunError('io', 'model: net.onnx does not load (404)')
    })
    const early = lastValueFrom(connection.port('any')(null))
    const message = 'model: net.onnx does not load (404)'
    await expect(early).rejects.toMatchObject({ code: 'io', message })
    await expect(connection.report).rejects.toMatchObject({ code: 'io', message })
    await expect(lastValueFrom(connection.port('any')(null))).rejects.toMatchObject({ code: 'io', message })
    expect(connection.isTerminated()).toBe(true)
  })

  it.each([
    [
      { message: 'Uncaught RangeError: out of memory', filename: 'worker.js', lineno: 7 },
      'Uncaught RangeError: out of memory (worker.js:7)',
    ],
    [{}, 'its script does not load'],
  ])('fails what is pending and what comes later when the worker crashes: %#', async (facts, reason) => {
    const { port, crash } = serving({ never: () => new Promise(() => undefined) })
    const pending = [1, 2].map((n) => lastValueFrom(port('never')(n)))
    crash(facts)
    for (const stream of [...pending, lastValueFrom(port('never')(3))])
      await expect(stream).rejects.toMatchObject({
        code: 'engine',
        message: `worker: crashed, reload the page: ${reason}`,
      })
  })

  it('fails what is pending when it is terminated', async () => {
    const { port, terminate, isTerminated } = serving({ never: () => new Promise(() => undefined) })
    const pending = lastValueFrom(port('never')(1))
    terminate()
    await expect(pending).rejects.toMatchObject({ message: 'worker: was terminated, connect a new one' })
    expect(isTerminated()).toBe(true)
  })
})
