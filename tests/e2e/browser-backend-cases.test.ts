import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  attacked,
  images as attackedImages,
  labels as attackedLabels,
} from '../../packages/augment/src/fixtures/golden.test.helper.js'
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

const [resnet20, vgg16] = [golden('resnet20'), golden('vgg16')]
const image = ({ images }: typeof resnet20) => Array.from(images(1).data)
const strongest = ({ floats }: typeof resnet20) => {
  const logits = floats('logits').subarray(0, 10)
  return logits.indexOf(Math.max(...logits))
}
const explained = (model: string, numbers: typeof resnet20) =>
  ['explain', { model, images: image(numbers), classes: [strongest(numbers)] }] as const
const smallNetworks = ['vgg', 'resnet', 'mobilenet'].flatMap((network) =>
  ['layers', 'graph', 'onnx'].map((format) => [`${network} ${format}`, ['smallNetwork', { network, format }]] as const),
)

/** What every engine is asked for: port and request of `browser-backend-page/cases-worker.js`. */
const cases: Readonly<Record<string, readonly [port: string, request?: unknown]>> = {
  changes: ['changes'],
  ...Object.fromEntries(smallNetworks),
  attacks: ['attacks'],
  memory: ['memory', 5],
  'resnet20 onnx': explained('resnet20 onnx', resnet20),
  'resnet20 layers': explained('resnet20 layers', resnet20),
  fgsm: [
    'fgsm',
    {
      model: 'resnet20 onnx',
      images: Array.from(attackedImages.data.subarray(0, 3072)),
      labels: attackedLabels.slice(0, 1),
      epsilon: '8/255',
    },
  ],
  vgg16: ['predict', { model: 'vgg16 onnx', images: image(vgg16) }],
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
  // Side by side, for most of the time goes into compiling shaders, one after the other.
  await Promise.all([
    ['wasm, 1 thread', 'wasm, 2 threads', 'webgpu'].reduce(
      (before, e) => before.then(() => ask(e as Engine)),
      Promise.resolve(),
    ),
    ['cpu', 'webgl'].reduce((before, e) => before.then(() => ask(e as Engine)), Promise.resolve()),
  ])
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
    [init, cases] as const,
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

  test.each(smallNetworks.map(([name]) => name))('computes a small %s', (name) => {
    expectSame(values(engine, name), values(reference, name))
    // The same weights in another format.
    const { logits, probabilities, pixels } = values(reference, name.replace(/\w+$/, 'layers'))
    const { logits: l, probabilities: p, pixels: x } = values(engine, name)
    expectSame(
      { logits: l!, probabilities: p!, pixels: x! },
      { logits: logits!, probabilities: probabilities!, pixels: pixels! },
    )
  })

  test('attacks alike', () => {
    const found = values(engine, 'attacks')
    for (const [name, values_] of Object.entries(values(reference, 'attacks')))
      expect(largestDifference(found[name]!, values_), name).toBeLessThan(1e-3)
  })

  test.each(['resnet20 onnx', 'resnet20 layers'])('computes %s as PyTorch does, and explains it alike', (name) => {
    const found = values(engine, name)
    expect(largestDifference(found.logits!, resnet20.floats('logits').subarray(0, 10))).toBeLessThan(1e-4)
    expect(largestDifference(found.probabilities!, resnet20.floats('softmax').subarray(0, 10))).toBeLessThan(1e-5)
    expect(relativeError(found.pixels!, resnet20.floats('grad_top_logit').subarray(0, 3072))).toBeLessThan(1e-4)
    expectSame(found, values(reference, name))
  })

  test('makes the image of PyTorch’s FGSM where the gradient is not about 0', () => {
    const { gradient, attacked: found } = values(engine, 'fgsm')
    const steep = (i: number) => Math.abs(gradient![i]!) >= 1e-7
    const expected = attacked('fgsm_untargeted_eps8')
    const off = found!.filter((v, i) => steep(i) && !(Math.abs(v - expected[i]!) < 1e-4))
    expect(off).toEqual([])
    expect(gradient!.filter((_, i) => steep(i)).length).toBeGreaterThan(0.99 * 3072)
  })

  test('computes VGG-16 as PyTorch does', () => {
    const found = values(engine, 'vgg16')
    expect(largestDifference(found.logits!, vgg16.floats('logits').subarray(0, 10))).toBeLessThan(1e-4)
    expect(largestDifference(found.probabilities!, vgg16.floats('softmax').subarray(0, 10))).toBeLessThan(1e-5)
    expectSame(found, values(reference, 'vgg16'))
  })

  test('keeps nothing on the device', () => {
    const used = answers[engine].memory!.value as { numTensors: number; numDataBuffers: number; onDevice: number }[]
    for (const round of used.slice(1)) expect(round).toEqual(used[1])
    expect(used[0]).toMatchObject({ numTensors: 0, numDataBuffers: 0 })
  })
})
