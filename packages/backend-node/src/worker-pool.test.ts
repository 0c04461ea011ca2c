import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Analysis, type AnalysisSpec, type BackendReport, run, type Step, VatunError } from '@vatun/core'
import { lastValueFrom, toArray } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleFixture } from './fixtures/bundle-worker.js'
import { createWorkerPool, type WorkerPool } from './worker-pool.js'

const init = {
  model: {
    format: 'tfjs-layers',
    url: '/models/net.json',
    name: 'net',
    classNames: ['dark', 'bright'],
    preprocessing: { mean: [0], std: [1] },
  },
  dataset: { format: 'module', module: '/data/set.js' },
  extra: 'told',
} as const

let workerUrl: URL
const { signal: never } = new AbortController()

beforeAll(async () => {
  workerUrl = await bundleFixture('pool-worker-entry')
})

afterAll(() => rm(workerUrl))

function ask(name: string, params: AnalysisSpec['params'] = {}): Analysis<unknown, unknown> {
  const partial = () => Promise.reject(new Error('not in this thread'))
  return { spec: { name, params }, partial, merge: (a) => a, finish: (p) => p }
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.fail(`resolved to ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
}

describe('createWorkerPool', () => {
  let pool: WorkerPool

  beforeAll(async () => {
    pool = await createWorkerPool({ workerUrl, size: 2, init })
  })
  afterAll(() => pool.close())

  it('says what executes and which model it is', () => {
    expect(pool.report).toMatchObject({ name: 'wasm', device: 'cpu', threads: 2 })
    expect(pool.report.rejected.map((r) => r.name)).toEqual(['tfjs-node-gpu', 'tfjs-node', 'onnxruntime'])
    expect(pool.info.layers[0]?.name).toBe('conv1')
    expect(pool.concurrency).toBe(2)
  })

  it('computes on WebAssembly in the workers and leaks no tensors', async () => {
    const answers = []
    for (let i = 0; i < 6; i++) answers.push(await pool.partial(ask('logits'), [i, 10], never))
    for (const [i, answer] of answers.entries())
      expect(answer).toEqual({ logits: Float32Array.of(i, 0 - i, 10, -10), backend: 'wasm', tensors: 1 })
  })

  it('hands parameters and init to the worker', async () => {
    const answer = await pool.partial(ask('scaled', { factor: 10 }), [1, 2], never)
    expect(answer).toEqual({ sum: 30, extra: 'told' })
  })

  it('serves run: the shards merged in their order', async () => {
    type Logits = { logits: Float32Array }
    const analysis: Analysis<Logits[], number[]> = {
      spec: { name: 'logits', params: {} },
      partial: () => Promise.reject(new Error('not in this thread')),
      merge: (a, b) => [a, b].flat(),
      finish: (parts) => [parts].flat().flatMap((p) => Array.from(p.logits)),
    }
    const indices = Array.from({ length: 23 }, (_, i) => i)
    const steps = await lastValueFrom(run(analysis, { executor: pool, indices, shardSize: 4 }).pipe(toArray()))
    const last = steps.at(-1) as Extract<Step<number[]>, { kind: 'value' }>
    expect(last.value).toEqual(indices.flatMap((i) => [i, 0 - i]))
  })

  it('carries errors over as they were', async () => {
    const ours = await rejection(pool.partial(ask('fail'), [0], never))
    expect(ours).toBeInstanceOf(VatunError)
    expect(ours).toMatchObject({ code: 'bad-input', message: 'fail: as asked', details: { asked: true } })
    const others = await rejection(pool.partial(ask('crash'), [0], never))
    expect(others).toMatchObject({ code: 'engine', message: 'worker: crash: x is not a function' })
    const unknown = await rejection(pool.partial(ask('nonsense'), [0], never))
    expect(unknown).toMatchObject({ code: 'not-found', message: expect.stringContaining('no analysis "nonsense"') })
    const uncloneable = await rejection(pool.partial(ask('uncloneable'), [0], never))
    expect(uncloneable).toMatchObject({ code: 'engine', message: expect.stringContaining('could not be cloned') })
  })

  it('refuses a signal that is aborted already', async () => {
    const reason = new Error('changed my mind')
    expect(await rejection(pool.partial(ask('logits'), [0], AbortSignal.abort(reason)))).toBe(reason)
  })
})

describe('cancelling', () => {
  it.each(['spin', 'wait', 'listen'])(
    'stops a running shard (%s) and drops waiting ones, and the worker lives on',
    async (name) => {
      const pool = await createWorkerPool({ workerUrl, size: 1, init })
      try {
        const controller = new AbortController()
        const reason = new Error('changed my mind')
        const running = rejection(pool.partial(ask(name), [0], controller.signal))
        const waiting = rejection(pool.partial(ask('exit'), [1], controller.signal))
        const kept = pool.partial(ask('scaled', { factor: 1 }), [5], never)
        await new Promise((resolve) => setTimeout(resolve, 50))
        controller.abort(reason)
        expect(await running).toBe(reason)
        expect(await waiting).toBe(reason)
        expect(await kept).toEqual({ sum: 5, extra: 'told' })
        // Had the worker been replaced, its count would be 0.
        if (name === 'spin') expect(await pool.partial(ask('stops'), [], never)).toBe(1)
      } finally {
        await pool.close()
      }
    },
  )
})

describe('the cores', () => {
  const onnx = { ...init, model: { ...init.model, format: 'onnx' } } as const
  const cores = availableParallelism()

  it.each([
    ['as many workers of one thread as there are cores', undefined, cores, cores],
    ['one worker has all of them', 1, 1, cores],
    ['more workers than cores have a thread each', cores + 1, cores + 1, cores + 1],
  ])('%s', async (_, size, workers, threads) => {
    const pool = await createWorkerPool({ workerUrl, init: onnx, ...(size && { size }) })
    try {
      expect(pool.concurrency).toBe(workers)
      expect(pool.report).toMatchObject({ name: 'onnxruntime', gradients: 'wasm', threads })
      const { engine } = (await pool.partial(ask('engine'), [], never)) as { engine: BackendReport }
      expect(engine).toMatchObject({ name: 'onnxruntime', threads: threads / workers })
    } finally {
      await pool.close()
    }
  })

  it('are used by the engine that init asks for', async () => {
    const pool = await createWorkerPool({ workerUrl, size: 1, init: { ...onnx, engine: 'wasm' } })
    expect(pool.report).toEqual({ name: 'wasm', device: 'cpu', threads: 1, rejected: [] })
    await pool.close()
    expect(await rejection(createWorkerPool({ workerUrl, init: { ...init, engine: 'onnxruntime' } }))).toMatchObject({
      code: 'unsupported',
      message:
        'engine onnxruntime: asked for, but it runs ONNX models only, this one is tfjs-layers; leave the choice to VATUN or ask for another',
    })
  })
})

describe('dying workers', () => {
  it('fail the shard they had with one clear error, and are replaced', async () => {
    const pool = await createWorkerPool({ workerUrl, size: 1, init })
    try {
      const dead = rejection(pool.partial(ask('exit'), [0], never))
      const next = pool.partial(ask('scaled', { factor: 1 }), [5], never)
      expect(await dead).toMatchObject({
        code: 'engine',
        message: 'worker pool: a worker died while computing "exit": it exited with code 3',
      })
      expect(await next).toEqual({ sum: 5, extra: 'told' })
    } finally {
      await pool.close()
    }
  })

  it('are replaced when they die with nothing to do', async () => {
    const pool = await createWorkerPool({ workerUrl, size: 1, init })
    const channel = new BroadcastChannel('pool-worker-entry')
    try {
      const replaced = new Promise((resolve) => {
        channel.onmessage = resolve
      })
      await pool.partial(ask('exitSoon'), [0], never)
      await replaced
      expect(await pool.partial(ask('stops'), [], never)).toBe(0)
    } finally {
      channel.close()
      await pool.close()
    }
  })

  it('say when memory ran out', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 64 }
    const pool = await createWorkerPool({ workerUrl, size: 1, init, resourceLimits })
    try {
      expect(await rejection(pool.partial(ask('hoard'), [0], never))).toMatchObject({
        code: 'engine',
        message: expect.stringContaining('out of memory, use smaller shards or fewer workers'),
      })
    } finally {
      await pool.close()
    }
  })

  it('reject what is running and waiting when the pool is closed', async () => {
    const pool = await createWorkerPool({ workerUrl, size: 1, init })
    const errors = [pool.partial(ask('spin'), [0], never), pool.partial(ask('scaled'), [0], never)].map(rejection)
    await pool.close()
    for (const error of [...errors, rejection(pool.partial(ask('scaled'), [0], never))])
      expect(await error).toMatchObject({ message: 'worker pool: closed, create a new one' })
  })
})

describe('the process', () => {
  it.each(['close', 'forget'])('can end when the pool is idle (%s)', async (ending) => {
    const program = await bundleFixture('pool-program')
    const env = { ...process.env, POOL_INIT: JSON.stringify(init) }
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(program), workerUrl.href, ending], {
      env,
    })
    expect(JSON.parse(stdout)).toEqual({ sum: 8, extra: 'told' })
    await rm(program)
  })
})

describe('opening', () => {
  const failing = (name: string) =>
    createWorkerPool({ workerUrl, size: 2, init: { ...init, model: { ...init.model, name } } })

  it('reports what a worker could not open', async () => {
    expect(await rejection(failing('missing'))).toMatchObject({
      code: 'not-found',
      message: 'model: no file "/models/net.json"',
      details: { url: '/models/net.json' },
    })
  })

  it('reports a worker that dies while opening', async () => {
    expect(await rejection(failing('dies'))).toMatchObject({
      code: 'engine',
      message: 'worker pool: a worker died before it could compute: it exited with code 7',
    })
  })

  it('reports a worker module that does not exist', async () => {
    const pool = createWorkerPool({ workerUrl: new URL('file:///nowhere/worker.mjs'), size: 2, init })
    expect(await rejection(pool)).toMatchObject({
      code: 'engine',
      message: expect.stringContaining('/nowhere/worker.mjs'),
    })
  })

  it('refuses a size that is no number of workers', async () => {
    expect(await rejection(createWorkerPool({ workerUrl, size: 0, init }))).toMatchObject({ code: 'bad-input' })
  })
})
