import type { Browser, Page, Worker } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage, softwareGpus } from './browser.js'
import { serveBackendPage } from './browser-backend-server.js'
import { resnet20 as resnet20Config, temporaryFolder, VatunProcess } from './demo-server.js'
import { longTasksDuring } from './main-thread.js'

/** What a promise in the page came to. */
type Settled<T> = { value: T; error?: undefined } | { value?: undefined; error: ErrorFacts }
type ErrorFacts = { code: string; message: string; details: Record<string, unknown> }
type Report = { name: string; device: string; threads: number; rejected: { name: string; reason: string }[] }
type Status = { state: string; report?: Report; lost?: { name: string; reason: string }; error?: string }

interface Connection {
  readonly statuses: Status[]
  report(): Promise<Settled<Report>>
  ask<T>(port: string, request?: unknown): Promise<Settled<T>>
  steps(port: string, request?: unknown): Promise<Settled<unknown[]>>
  first(port: string, request?: unknown): Promise<Settled<unknown>>
  terminate(): void
}

declare global {
  interface Window {
    connect(init: object, script?: string): Connection
    /** Of the test that runs. */
    connection: Connection
  }
}

let server: Awaited<ReturnType<typeof serveBackendPage>>
let browser: Browser
/** With a WebGPU of software. */
let modern: Browser
let page: Page

beforeAll(async () => {
  server = await serveBackendPage()
  browser = await launchBrowser(softwareGpus.webgl)
  modern = await launchBrowser(softwareGpus.webgpu)
})

afterEach(() => page?.close())

afterAll(async () => {
  await browser?.close()
  await modern?.close()
  server?.close()
})

/** Opens the page, connects a worker, and gives its report. */
async function connect(init: object, search = '', from = browser): Promise<Settled<Report>> {
  ;({ page } = await openPage(from, `${server.url}${search}`))
  return page.evaluate((init) => {
    window.connection = window.connect(init)
    return window.connection.report()
  }, init)
}

const ask = <T>(port: string, request?: unknown): Promise<Settled<T>> =>
  page.evaluate(([port, request]) => window.connection.ask<T>(port as string, request), [port, request])

/** The same, where no error is expected. */
async function answer<T>(port: string, request?: unknown): Promise<T> {
  const { value, error } = await ask<T>(port, request)
  if (error) throw new Error(error.message)
  return value
}

const statuses = () => page.evaluate(() => window.connection.statuses)

const resnet20 = { model: 'resnet20-cifar10' }
const vgg16 = { model: 'vgg16-cifar10' }

/** What one engine computes, to be compared with another's. */
async function compute() {
  const probabilities = await answer<number[]>('predict', 2)
  const maps = await answer<number[][]>('gradCams')
  expect(probabilities).toHaveLength(20)
  expect(maps.every((map) => map.some((value) => value > 0))).toBe(true)
  return { probabilities, maps }
}

function expectClose(actual: Awaited<ReturnType<typeof compute>>, expected: Awaited<ReturnType<typeof compute>>): void {
  for (const [i, value] of expected.probabilities.entries()) expect(actual.probabilities[i]).toBeCloseTo(value, 4)
  for (const [i, map] of expected.maps.entries()) {
    const scale = Math.max(...map)
    for (const [at, value] of map.entries()) expect(actual.maps[i]![at]! / scale).toBeCloseTo(value / scale, 3)
  }
}

describe('the engine of a worker', () => {
  test('is WebAssembly with threads where there is no GPU and the page is isolated', async () => {
    const { value: report } = await connect(resnet20)
    const cores = await page.evaluate(() => navigator.hardwareConcurrency)
    expect(report).toMatchObject({ name: 'wasm', device: 'cpu' })
    expect(report!.rejected.map(({ name }) => name)).toEqual(['webgpu', 'webgl'])
    expect(report!.rejected[0]!.reason).toMatch(/WebGPU (finds no GPU|is not available|is computed by software) here/)
    expect(report!.rejected[1]!.reason).toMatch(/WebGL (2 is not available|is drawn by software) here/)
    if (cores > 1) expect(report!.threads).toBeGreaterThan(1)
  })

  test('computes the same with two threads, one thread, and plain JavaScript', async () => {
    expect((await connect({ ...resnet20, threads: 1 })).value?.threads).toBe(1)
    const expected = await compute()
    await page.close()
    expect((await connect({ ...resnet20, threads: 2 })).value?.threads).toBe(2)
    expectClose(await compute(), expected)
    await page.close()
    expect((await connect({ ...resnet20, prefer: 'cpu' })).value?.name).toBe('cpu')
    expectClose(await compute(), expected)
  })

  test('says why it has no threads', async () => {
    const { value: open } = await connect({ ...resnet20, threads: 2 }, '?isolated=no')
    expect(open).toMatchObject({ name: 'wasm', threads: 1 })
    expect(open!.rejected).toContainEqual({
      name: 'wasm threads',
      reason: expect.stringMatching(/^the page is not cross-origin isolated, serve it with /),
    })
    expect(await answer('predict', 1)).toHaveLength(10)
    await page.close()

    const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"
    const { value: strict } = await connect({ ...resnet20, threads: 2 }, `?policy=${encodeURIComponent(policy)}`)
    expect(strict).toMatchObject({ name: 'wasm', threads: 1 })
    expect(strict!.rejected).toContainEqual({ name: 'wasm threads', reason: expect.stringMatching(/blob:/) })
    expect(await answer('predict', 1)).toHaveLength(10)
  })

  test('says why a file of the engine is missing, and takes the next one', async () => {
    const { value } = await connect({ ...resnet20, threads: 1, wasmUrl: '/nowhere/' })
    expect(value).toMatchObject({ name: 'cpu' })
    expect(value!.rejected.map(({ name }) => name)).toEqual(['webgpu', 'webgl', 'wasm'])
  })

  test('is not WebGPU where there is no GPU, even when it is asked for', async () => {
    const { error } = await connect({ ...resnet20, prefer: 'webgpu' })
    expect(error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^prepareBackend: "webgpu" does not work here: WebGPU /),
    })
  })

  test('is WebGPU of software only when it is asked for', async () => {
    expect((await connect({ ...resnet20, prefer: 'webgpu' }, '', modern)).value?.name).toBe('webgpu')
    await page.close()
    const { value: report } = await connect(resnet20, '', modern)
    expect(report!.name).toBe('wasm')
    expect(report!.rejected[0]).toEqual({
      name: 'webgpu',
      reason: 'WebGPU is computed by software here (google swiftshader)',
    })
  })

  test('is not WebGPU where the browser does not survive waiting for a result', async () => {
    const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--disable-gpu']
    const fragile = await launchBrowser(flags)
    try {
      const { error } = await connect({ ...resnet20, prefer: 'webgpu' }, '', fragile)
      expect(error?.message).toBe('prepareBackend: "webgpu" does not work here: results that are waited for get lost')
    } finally {
      await fragile.close()
    }
  })
})

describe.each([
  ['webgl', 'the browser took its WebGL context away', () => browser],
  ['webgpu', 'the browser took its WebGPU device away (Device was destroyed.)', () => modern],
])('%s that is lost', (name, reason, browserOf) => {
  test('is replaced with another; what waits is answered, what has begun fails once', async () => {
    const { value: report } = await connect({ ...resnet20, prefer: name }, '', browserOf())
    expect(report).toEqual({ name, device: 'gpu', threads: 1, rejected: [] })
    const before = await answer<number[]>('predict', 1)
    const [lost, waiting] = await page.evaluate(async () => {
      const { connection } = window
      return Promise.all([connection.ask('loseEngine'), connection.ask<number[]>('predict', 1)])
    })
    expect(lost.error).toMatchObject({
      code: 'engine',
      message: `worker: ${name} stopped, try again: ${reason}`,
      details: { retry: true },
    })
    expect(waiting.error?.message).toBeUndefined()
    expect(waiting.value).toEqual(before)
    expect(await answer('predict', 1)).toEqual(before)
    expect((await statuses()).map(({ state, report }) => report?.name ?? state)).toEqual([
      'opening',
      name,
      'opening',
      name,
    ])
    expect((await statuses())[2]?.lost?.name).toBe(name)
  })

  test('gives way to WebAssembly the second time, which is reported', async () => {
    expect((await connect({ ...resnet20, preferAtFirst: name }, '', browserOf())).value?.name).toBe(name)
    for (let time = 0; time < 2; time++) expect((await ask('loseEngine')).error?.details).toEqual({ retry: true })
    expect(await answer('predict', 1)).toHaveLength(10)
    const { report } = (await statuses()).at(-1)!
    expect(report!.name).toBe('wasm')
    expect(report!.rejected).toContainEqual({ name, reason: `it stopped 2 times: ${reason}` })
  })
})

describe('a request', () => {
  test('is cancelled by unsubscribing, and the next one is answered', async () => {
    await connect({ prefer: 'cpu' })
    const first = await page.evaluate(() => window.connection.first('count', 1e9))
    expect(first.value).toMatchObject({ kind: 'value', value: 1 })
    await expect.poll(() => answer('wasCancelled')).toBe(true)
    const steps = await page.evaluate(() => window.connection.steps('count', 3))
    expect(steps.value).toMatchObject([{ value: 1 }, { value: 2 }, { value: 3 }])
  })
})

describe('a worker that dies', () => {
  test.each([
    ['throwOutside', /^worker: crashed, try again: Uncaught RangeError: out of memory \(/],
    ['close', /^worker: ended without a word, try again$/],
  ])('fails its request (%s); the next one is answered by another', async (death, message) => {
    await connect(resnet20)
    const before = await answer('predict', 1)
    expect((await ask(death)).error).toMatchObject({
      code: 'engine',
      message: expect.stringMatching(message),
      details: { retry: true },
    })
    expect((await statuses()).at(-1)?.state).toBe('failed')
    expect(await answer('predict', 1)).toEqual(before)
    expect((await statuses()).at(-1)?.report?.name).toBe('wasm')
  })

  test('fails while it opens when its model is missing, every time with the reason', async () => {
    const { error } = await connect({ model: 'missing', prefer: 'cpu' })
    expect(error!.message).toMatch(/missing\.onnx/)
    expect((await ask('predict', 1)).error).toEqual(error)
  })
})

test('the page of `vatun serve` starts another worker when its own dies', async () => {
  const folder = temporaryFolder()
  const options = ['--images', '20', '--port', '0', '--no-open', '--output', folder.path]
  const program = new VatunProcess(['serve', resnet20Config, ...options])
  try {
    const [, url] = await program.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/)/)
    ;({ page } = await openPage(browser, 'about:blank'))
    const workers: Worker[] = []
    page.on('worker', (worker) => {
      if (worker.url().endsWith('/worker.js')) workers.push(worker)
    })
    await page.goto(url!)
    const engines = page.locator('vatun-status-line').getByText(/wasm.* · page/)
    await engines.waitFor()
    await workers[0]!.evaluate(() => self.close())
    await engines.waitFor({ state: 'detached' })

    const canvas = page.locator('vatun-scatter canvas.overlay')
    await canvas.waitFor()
    await canvas.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('vatun-testing table.class-table').waitFor()
    await engines.waitFor()
    expect(workers).toHaveLength(2)
  } finally {
    program.kill('SIGTERM')
    await program.exit
    folder.remove()
  }
})

test('the main thread is free while a worker opens VGG-16, predicts, explains and sweeps', async () => {
  ;({ page } = await openPage(browser, server.url))
  const tasks = await longTasksDuring(browser, page, async () => {
    await page.evaluate((init) => {
      window.connection = window.connect(init)
    }, vgg16)
    for (let image = 1; image < 4; image++) await answer('predict', image)
    const { map } = await answer<{ map: Record<number, number> }>('explain')
    expect(Object.values(map).some((value) => value > 0)).toBe(true)
    await answer('sweep', 'blur')
  })
  expect(tasks).toEqual([])
})
