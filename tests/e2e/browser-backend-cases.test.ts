import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attacked } from '../../packages/augment/src/fixtures/golden.test.helper.js'
import { golden, largestDifference, relativeError } from '../../packages/onnx/src/golden.test.data.js'
import { launchBrowser, openPage, softwareGpus } from './browser.js'
import { serveBackendPage } from './browser-backend-server.js'

/** By name, in the order of the tensor that they come from. */
type Values = Readonly<Record<string, readonly number[]>>
type Answer = { value?: unknown; error?: { message: string } | undefined }

const engines = {
  'wasm, 1 thread': { init: { prefer: 'wasm', threads: 1 }, flags: softwareGpus.none },
  'wasm, 2 threads': { init: { prefer: 'wasm', threads: 2 }, flags: softwareGpus.none },
  cpu: { init: { prefer: 'cpu' }, flags: softwareGpus.none },
  webgl: { init: { prefer: 'webgl' }, flags: softwareGpus.webgl },
  webgpu: { init: { prefer: 'webgpu' }, flags: softwareGpus.webgpu },
} as const
type Engine = keyof typeof engines
const names = Object.keys(engines) as Engine[]
/** Which the others are compared with where there are no numbers of PyTorch. */
const reference = 'wasm, 1 thread'

/** Numbers of PyTorch, for the first image of each. */
const trained = {
  'resnet20 onnx': golden('resnet20'),
  'resnet20 layers': golden('resnet20'),
  'vgg16 onnx': golden('vgg16'),
}
type Trained = keyof typeof trained
/** Compiling the shaders of VGG-16 for WebGPU in software takes longer than all the rest; plain JavaScript is slow as well. */
const modelsOf = (engine: Engine) =>
  (Object.keys(trained) as Trained[]).filter((model) => !(model === 'vgg16 onnx' && ['cpu', 'webgpu'].includes(engine)))
const withGradient = (engine: Engine) => modelsOf(engine).filter((model) => model.endsWith('onnx'))

const formats = {
  vgg: ['layers', 'graph', 'onnx'],
  resnet: ['layers', 'graph', 'onnx'],
  mobilenet: ['layers', 'graph', 'onnx'],
  decoder: ['onnx'],
}
const smallNetworks = Object.entries(formats).flatMap(([network, formats]) =>
  formats.map((format) => ({ name: `${network} ${format}`, other: `${network} ${formats[0]}`, network, format })),
)

/** What an engine is asked for: port and request of `browser-backend-page/cases-worker.js`. */
function casesOf(engine: Engine): Record<string, readonly [port: string, request?: unknown]> {
  const first = (model: Trained) => ({ model, images: Array.from(trained[model].images(1).data) })
  const labels = (model: Trained) => Array.from(trained[model].integers('labels').subarray(0, 1))
  return Object.fromEntries([
    ['changes', ['changes']],
    ...smallNetworks.map(({ name, network, format }) => [name, ['smallNetwork', { network, format }]]),
    ['attacks', ['attacks']],
    ['memory', ['memory', 4]],
    ...modelsOf(engine).map((model) => [model, ['predict', first(model)]]),
    ...withGradient(engine).map((model) => [
      `fgsm ${model}`,
      ['fgsm', { ...first(model), labels: labels(model), epsilon: '8/255' }],
    ]),
  ])
}

let server: Awaited<ReturnType<typeof serveBackendPage>>
const browsers: Browser[] = []
const answers = {} as Record<Engine, Record<string, Answer>>
const values = (engine: Engine, name: string): Values => {
  const { value, error } = answers[engine]![name]!
  if (error) throw new Error(`${name} on ${engine}: ${error.message}`)
  return value as Values
}

beforeAll(async () => {
  server = await serveBackendPage()
  // Two side by side, for most of the time goes into compiling shaders, one after the other.
  const inTurn = async (...engines: Engine[]) => {
    for (const engine of engines) await ask(engine)
  }
  await Promise.all([inTurn('webgpu', 'cpu'), inTurn('webgl', 'wasm, 1 thread', 'wasm, 2 threads')])
})

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()))
  server?.close()
})

/** Puts all requests to a worker with this engine. */
async function ask(engine: Engine): Promise<void> {
  const { init, flags } = engines[engine]
  const browser = await launchBrowser(flags)
  browsers.push(browser)
  const { page } = await openPage(browser, server.url)
  answers[engine] = await page.evaluate(
    async ([init, cases]) => {
      const connection = window.connect(init, '/cases-worker.js')
      const answers: Record<string, Answer> = { report: await connection.report() }
      for (const [name, [port, request]] of Object.entries(cases)) answers[name] = await connection.ask(port, request)
      connection.terminate()
      return answers
    },
    [init, casesOf(engine)] as const,
  )
  await browser.close()
}

function expectSame(found: Values, expected: Values): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) {
    if (name === 'logits') expect(largestDifference(found[name]!, values), name).toBeLessThan(1e-4)
    else if (name === 'probabilities') expect(largestDifference(found[name]!, values), name).toBeLessThan(1e-5)
    else expect(relativeError(found[name]!, values), name).toBeLessThan(1e-4)
  }
}

describe.each(names)('%s', (engine) => {
  test('is what runs', () => {
    const { prefer, ...rest } = { threads: 1, ...engines[engine].init }
    expect(answers[engine].report).toEqual({ value: expect.objectContaining({ name: prefer, ...rest, rejected: [] }) })
  })

  test('changes images alike: augmentations, corruptions', () => {
    const [found, expected] = [values(engine, 'changes'), values(reference, 'changes')]
    expect(Object.keys(expected).length).toBeGreaterThan(50)
    expect(Object.keys(found)).toEqual(Object.keys(expected))
    for (const [name, values] of Object.entries(expected))
      expect(largestDifference(found[name]!, values), name).toBeLessThan(1e-3)
  })

  test.each(smallNetworks)('computes a small $name', ({ name, other }) => {
    const found = values(engine, name)
    expectSame(found, values(reference, name))
    // The same weights in another format.
    for (const key of ['logits', 'pixels'])
      expectSame({ [key]: found[key]! }, { [key]: values(reference, other)[key]! })
  })

  test('attacks alike', () => {
    const found = values(engine, 'attacks')
    for (const [name, expected] of Object.entries(values(reference, 'attacks')))
      expect(largestDifference(found[name]!, expected), name).toBeLessThan(1e-3)
  })

  test.each(modelsOf(engine))('computes %s as PyTorch does', (model) => {
    const found = values(engine, model)
    const { floats } = trained[model]
    expect(largestDifference(found.logits!, floats('logits').subarray(0, 10))).toBeLessThan(1e-4)
    expect(largestDifference(found.probabilities!, floats('softmax').subarray(0, 10))).toBeLessThan(1e-5)
    expectSame(found, values(reference, model))
  })

  test.each(withGradient(engine))('differentiates %s as PyTorch does', (model) => {
    const { gradient } = values(engine, `fgsm ${model}`)
    expect(relativeError(gradient!, trained[model].floats('grad_loss').subarray(0, 3072))).toBeLessThan(1e-4)
  })

  test('makes the image of PyTorch’s FGSM where the gradient is not about 0', () => {
    const { gradient, attacked: found } = values(engine, 'fgsm resnet20 onnx')
    const steep = (i: number) => Math.abs(gradient![i]!) >= 1e-7
    const expected = attacked('fgsm_untargeted_eps8')
    expect(found!.filter((value, i) => steep(i) && !(Math.abs(value - expected[i]!) < 1e-4))).toEqual([])
    expect(found!.filter((_, i) => steep(i)).length).toBeGreaterThan(0.99 * 3072)
  })

  test('keeps nothing on the device', () => {
    const used = answers[engine].memory!.value as { numTensors: number; numDataBuffers: number; onDevice: number }[]
    for (const round of used.slice(1)) expect(round).toEqual(used[1])
    expect(used[0]).toMatchObject({ numTensors: 0, numDataBuffers: 0 })
  })
})
