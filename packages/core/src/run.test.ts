import fc from 'fast-check'
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { expect, test, vi } from 'vitest'
import type { Analysis, Executor } from './analysis.js'
import type { Classifier } from './classifier.js'
import type { Dataset } from './dataset.js'
import { VatunError } from './errors.js'
import { inlineExecutor, run } from './run.js'

/** Sums of reciprocals: floating-point addition, whose result depends on the order of merging. */
const reciprocals: Analysis<number, number> = {
  spec: { name: 'reciprocals', params: {} },
  partial: async (_context, indices) => indices.reduce((sum, i) => sum + 1 / (i + 1), 0),
  merge: (a, b) => a + b,
  finish: (sum) => sum,
}

/** Finishes shards in the order of the given delays, as a pool of unequal workers would. */
function unevenExecutor(concurrency: number, delays: readonly number[]): Executor {
  let started = 0
  return {
    concurrency,
    async partial(analysis, indices, signal) {
      const delay = delays[started++ % delays.length] ?? 0
      for (let turn = 0; turn < delay; turn++) await Promise.resolve()
      return analysis.partial({ classifier: {} as Classifier, dataset: {} as Dataset, signal }, indices)
    },
  }
}

const indices = Array.from({ length: 97 }, (_, i) => i)

test('gives the same bits whatever the number of workers and the order of arrival', async () => {
  const expected = await finalValue(unevenExecutor(1, [0]))
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }),
      async (workers, delays) => {
        expect(Object.is(await finalValue(unevenExecutor(workers, delays)), expected)).toBe(true)
      },
    ),
    { numRuns: 40 },
  )
})

async function finalValue(executor: Executor): Promise<number> {
  const step = await lastValueFrom(run(reciprocals, { executor, indices, shardSize: 5 }))
  if (step.kind !== 'value') throw new Error('the last step has no value')
  return step.value
}

test('reports progress that never goes back and ends at the total', async () => {
  const steps = await lastValueFrom(
    run(reciprocals, { executor: unevenExecutor(3, [5, 0, 9]), indices, shardSize: 10 }).pipe(toArray()),
  )
  const done = steps.map((step) => step.progress.done)
  expect(done).toEqual([...done].sort((a, b) => a - b))
  expect(done[0]).toBe(0)
  expect(steps.at(-1)).toMatchObject({ kind: 'value', progress: { done: 97, total: 97, unit: 'images' } })
})

test('emits a value for every shard when asked to refresh at once', async () => {
  const steps = await lastValueFrom(
    run(reciprocals, { executor: unevenExecutor(1, [0]), indices, shardSize: 50, refreshInterval: 0 }).pipe(toArray()),
  )
  expect(steps.filter((step) => step.kind === 'value')).toHaveLength(2)
})

test('takes shards from the store and computes only the missing ones', async () => {
  const saved = new Map<number, number>()
  const store = {
    load: async (shard: number) => saved.get(shard),
    save: async (shard: number, partial: number) => void saved.set(shard, partial),
  }
  const executor = unevenExecutor(2, [0])
  const options = { executor, indices, shardSize: 10, store }
  const first = await lastValueFrom(run(reciprocals, options))
  saved.delete(3)
  const partial = vi.spyOn(executor, 'partial')
  const second = await lastValueFrom(run(reciprocals, options))
  expect(partial).toHaveBeenCalledTimes(1)
  expect(partial.mock.calls[0]![1]).toEqual(indices.slice(30, 40))
  expect(second).toEqual(first)
})

test('stops handing out shards when unsubscribed and emits nothing afterwards', async () => {
  let computed = 0
  const slow: Executor = {
    concurrency: 1,
    async partial(analysis, shard, signal) {
      computed++
      await new Promise((resolve) => setTimeout(resolve, 5))
      return analysis.partial({ classifier: {} as Classifier, dataset: {} as Dataset, signal }, shard)
    },
  }
  const seen: unknown[] = []
  const subscription = run(reciprocals, { executor: slow, indices, shardSize: 1 }).subscribe((step) => seen.push(step))
  await new Promise((resolve) => setTimeout(resolve, 30))
  subscription.unsubscribe()
  const emitted = seen.length
  const started = computed
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(seen).toHaveLength(emitted)
  expect(computed).toBe(started)
  expect(started).toBeLessThan(97)
})

test('aborts the running shards when one fails, and passes its error on', async () => {
  const signals: AbortSignal[] = []
  const executor: Executor = {
    concurrency: 2,
    partial: (_analysis, shard, signal) => {
      signals.push(signal)
      if (shard[0] === 0) return Promise.reject(new VatunError('engine', 'no more memory'))
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  }
  await expect(lastValueFrom(run(reciprocals, { executor, indices, shardSize: 50 }))).rejects.toThrow('no more memory')
  expect(signals.every((signal) => signal.aborted)).toBe(true)
})

test('refuses an empty list of images and a senseless shard size', () => {
  const executor = inlineExecutor({ classifier: {} as Classifier, dataset: {} as Dataset })
  expect(() => run(reciprocals, { executor, indices: [], shardSize: 5 })).toThrow('no images to analyse')
  expect(() => run(reciprocals, { executor, indices, shardSize: 0 })).toThrow('shardSize is 0')
})

test('is cold: nothing runs before it is subscribed to', async () => {
  const executor = unevenExecutor(1, [0])
  const partial = vi.spyOn(executor, 'partial')
  const stream = run(reciprocals, { executor, indices, shardSize: 50 })
  expect(partial).not.toHaveBeenCalled()
  await firstValueFrom(stream)
})
