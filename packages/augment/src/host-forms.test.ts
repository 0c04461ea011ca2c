import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { toTensor } from '@vatun/core'
import fc from 'fast-check'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { allAxes, stepOf } from './axes.js'
import { augmentations, readValues } from './registry.js'

// A backend of another name stands for one whose tensors are not in main memory: there nothing is done by loops but what is read back.
beforeAll(() => {
  tf.registerBackend('device', tf.findBackendFactory('cpu')!)
  tf.copyRegisteredKernels('cpu', 'device')
})
afterEach(async () => {
  await tf.setBackend('cpu')
  expect(tf.memory().numTensors).toBe(0)
})

const batches = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 20 }),
    width: fc.integer({ min: 1, max: 20 }),
    channels: fc.constantFrom(1, 3),
    seed: fc.integer({ min: 1, max: 1e6 }),
    kind: fc.constantFrom('noise', 'white', 'black', 'levels'),
  })
  .map(({ seed, kind, ...size }) => {
    const value = (i: number) => ((Math.imul(i + seed, 2654435761) >>> 8) % 65536) / 65535
    const data = Float32Array.from({ length: size.n * size.height * size.width * size.channels }, (_, i) =>
      kind === 'white' ? 1 : kind === 'black' ? 0 : kind === 'noise' ? value(i) : Math.round(255 * value(i)) / 255,
    )
    return { ...size, data }
  })

const varying = augmentations.filter((a) => !a.needsClassifier && allAxes.some(({ name }) => name === a.name))

it.each(varying.map(({ name }) => name))(
  '%s gives the same in main memory and on a device, within [0, 1], for any size, channels and degree',
  async (name) => {
    const augmentation = augmentations.find((a) => a.name === name)!
    const axis = allAxes.find((a) => a.name === name)!
    const parameter = augmentation.parameters.find((p) => p.name === axis.parameter)!
    const [least, most] = [Math.min(...axis.degrees), Math.max(...axis.degrees)]
    const degrees = fc
      .oneof(fc.constantFrom(...axis.degrees), fc.double({ min: least, max: most, noNaN: true }))
      .map((d) => (parameter.kind === 'integer' ? Math.round(d) : d))
    await fc.assert(
      fc.asyncProperty(batches, degrees, async (images, degree) => {
        fc.pre(augmentation.channels?.includes(images.channels) ?? true)
        const step = stepOf(axis, degree)
        const values = readValues(augmentation, step)
        const ids = Array.from({ length: images.n }, (_, i) => 7 * i)
        const before = images.data.slice()
        const results: Float32Array[] = []
        for (const backend of ['cpu', 'device']) {
          await tf.setBackend(backend)
          results.push(
            tf.tidy(() => augmentation.apply(toTensor(images), values, { ids }).dataSync<'float32'>().slice()),
          )
        }
        await tf.setBackend('cpu')
        if (augmentation.applyOnHost) results.push(augmentation.applyOnHost(images, values, { ids }))
        expect(images.data).toEqual(before)
        for (const result of results) {
          expect(result).toHaveLength(images.data.length)
          for (const [i, value] of result.entries()) {
            if (!(value >= 0 && value <= 1)) expect.fail(`${value} at ${degree}`)
            const apart = Math.abs(value - results[1]![i]!)
            if (!(apart <= 2e-6)) expect.fail(`${apart} apart at ${degree}, ${i}`)
          }
        }
      }),
      { numRuns: 20 },
    )
  },
)
