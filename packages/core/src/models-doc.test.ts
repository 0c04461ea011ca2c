import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as cpu from '@tensorflow/tfjs-backend-cpu'
import * as wasm from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { expect, it, vi } from 'vitest'
import * as layers from './layers.js'
import { createPreprocessor, openLayersModel } from './layers.js'

const modules = {
  '@tensorflow/tfjs-backend-cpu': cpu,
  '@tensorflow/tfjs-backend-wasm': wasm,
  '@tensorflow/tfjs-core': tf,
  '@tensorflow/tfjs-layers': tfl,
  '@vatun/core/layers': layers,
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const doc = readFileSync(`${root}docs/models.md`, 'utf8')
const [opening, preprocessing, inMemory, nodes] = Array.from(doc.matchAll(/```js\n(.*?)```/gs), ([, code]) => code!)

/** Runs an example of the guide, with the modules of this package in place of the published ones. */
async function run(code: string, result = 'undefined', given: Record<string, unknown> = {}): Promise<unknown> {
  const body = code
    .replace(/import '.*'\n/g, '')
    .replace(/import \* as (\w+) from ('.*')/g, 'const $1 = modules[$2]')
    .replace(/import (\{.*\}) from ('.*')/g, 'const $1 = modules[$2]')
    .replace(/'examples\//, `'${root}examples/`)
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<unknown>
  const values = { modules, ...given }
  return new AsyncFunction(...Object.keys(values), `${body}\nreturn ${result}`)(...Object.values(values))
}

it('opens the example model', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  await run(opening!)
  expect(log.mock.calls).toEqual([[10, [1, 64]]])
  log.mockRestore()
})

it('names presets and steps that exist', async () => {
  await tf.setBackend('cpu')
  const { presets, steps, resized } = (await run(preprocessing!, '{ presets, steps, resized }')) as {
    presets: string[]
    steps: object
    resized: object
  }
  for (const each of [...presets, steps, resized])
    createPreprocessor(each as never, { height: 224, width: 224, channels: 3 }).dispose()
})

it('opens a model in memory', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const classifier = (await run(inMemory!, 'classifier')) as Awaited<ReturnType<typeof openLayersModel>>
  expect(log.mock.calls).toEqual([[['conv', 'pool', 'scores'], 'softmax']])
  log.mockRestore()
  classifier.dispose()
})

it('taps and differentiates at a node that is not listed', async () => {
  const model = tfl.sequential()
  model.add(tfl.layers.flatten({ name: 'flatten', inputShape: [2, 2, 1] }))
  model.add(tfl.layers.dense({ units: 2 }))
  const classifier = await openLayersModel(model, { preprocessing: 'none' })
  const x = tf.ones([1, 2, 2, 1])
  const images = { data: new Uint8Array(4), n: 1, height: 2, width: 2, channels: 1 }
  const given = { classifier, images, tf, x, activation: tf.ones([1, 4]) }
  const { taps, gradient } = (await run(nodes!, '{ taps, gradient }', given)) as {
    taps: { shape: number[] }[]
    gradient: tf.Tensor
  }
  expect(taps[0]!.shape).toEqual([1, 4])
  expect(gradient.shape).toEqual([1, 4])
})
