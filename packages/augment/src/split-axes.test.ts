import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { allAxes, stepOf } from './axes.js'
import { chooseAxes } from './choose-axes.js'
import { createRegistry } from './create-registry.js'
import { builtIn } from './registry.js'
import { splitAxes } from './split-axes.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const names = (axes: readonly { name: string }[]) => axes.map(({ name }) => name)

it.each([1, 2, 3, 4])('of images with %i channels, every change takes those that it says it takes', (channels) => {
  const images = tf.randomUniform<tf.Rank.R4>([1, 9, 7, channels], 0, 1, 'float32', 3)
  const changing = allAxes.filter(({ name }) => !builtIn.find(name).needsClassifier)
  const registry = createRegistry(builtIn.augmentations, changing)
  const { fit, unfit } = splitAxes(registry, channels)
  const apply = (axis: (typeof changing)[number]) =>
    tf.tidy(() => applyPipeline(images, [stepOf(axis, axis.max === axis.identity ? axis.min : axis.max)]).shape)
  for (const axis of fit) expect(apply(axis), axis.name).toEqual(images.shape)
  for (const axis of unfit) expect(() => apply(axis), axis.name).toThrow(/channel/)
  images.dispose()
})

it('tells the changes of the paper that grey images do not have, and pipelines with one of them', () => {
  const dusk = {
    name: 'dusk',
    pipeline: [
      { name: 'saturation', factor: 0.5 },
      { name: 'blur', sigma: 1 },
    ],
  }
  const registry = chooseAxes(['hue', 'rotation', 'jpeg', dusk, { name: 'tint', of: 'hue' }])
  const { fit, unfit } = splitAxes(registry, 1)
  expect(names(fit)).toEqual(['rotation', 'jpeg'])
  expect(names(unfit)).toEqual(['hue', 'dusk', 'tint'])
  expect(splitAxes(registry, 3).unfit).toEqual([])
})
