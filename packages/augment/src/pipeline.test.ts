import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Axis } from '@vatun/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { defineAugmentation } from './augmentation.js'
import { allAxes, axes, stepOf } from './axes.js'
import { createRegistry } from './create-registry.js'
import { describePipeline, pipeline, readPipeline } from './pipeline.js'
import { augmentations, builtIn } from './registry.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const image = () => tf.randomUniform([1, 6, 6, 3], 0, 1, 'float32', 1) as tf.Tensor4D
const fadeAxis: Axis = {
  name: 'fade',
  label: 'Fade',
  parameter: 'amount',
  unit: '',
  min: 0,
  max: 1,
  step: 0.1,
  identity: 0,
  degrees: [0, 0.5, 1],
}
const fade = defineAugmentation({
  name: 'fade',
  label: 'Fade',
  axis: fadeAxis,
  parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1 }],
  apply: (images, { amount }) => tf.mul(images, 1 - amount),
})

describe('pipeline', () => {
  it('composes, goes through JSON and comes back', () => {
    const change = pipeline([
      { name: 'rotation', degrees: 90, fill: [0, 0.5, 1] },
      { name: 'gaussianNoise', sigma: '8/255', seed: 4 },
    ])
    const again = pipeline(readPipeline(JSON.stringify(change)))
    expect(again.steps).toEqual(change.steps)
    tf.tidy(() => {
      const x = image()
      expect(again(x, { ids: [5] }).dataSync()).toEqual(change(x, { ids: [5] }).dataSync())
      expect(change(x, { ids: [5] }).dataSync()).not.toEqual(change(x, { ids: [6] }).dataSync())
    })
  })

  it('survives JSON for every axis and magnitude', () => {
    fc.assert(
      fc.property(fc.constantFrom(...allAxes), fc.nat(20), (axis, i) => {
        const steps = [stepOf(axis, axis.degrees[i % axis.degrees.length]!)]
        expect(readPipeline(JSON.stringify(steps))).toEqual(steps)
      }),
    )
  })

  it('says what it does, with the values that are applied', () => {
    const steps = [{ name: 'rotation', degrees: 30 }, { name: 'flipVertical' }, { name: 'fgsm', epsilon: '4/255' }]
    const [rotation, flip, attack] = describePipeline(steps)
    expect(rotation).toEqual({
      name: 'rotation',
      label: 'Rotation',
      values: { degrees: 30, border: 'fill', fill: 0 },
      text: 'Rotation: angle 30°, border fill, fill 0',
    })
    expect(flip!.text).toBe('Flip vertically')
    expect(attack!.values).toEqual({ epsilon: 4 / 255 })
    const region = describePipeline([{ name: 'removeRegion', shape: 'pixels', pixels: [1, 2, 3] }])
    expect(region[0]!.text).toBe('Remove region: shape pixels, pixels 3 in all, fill black, seed 0')
  })

  it.each([
    ['no JSON', '{', 'the text is not JSON'],
    ['no list', '{}', 'this is no list'],
    ['no step', '[3]', 'step 0 has no name'],
    ['no name', '[{"degrees":3}]', 'step 0 has no name'],
    ['unknown', '[{"name":"x"}]', 'no augmentation "x"'],
    ['mistyped', '[{"name":"rotation","degrees":"a"}]', 'degrees is "a"'],
    [
      'bad colour',
      '[{"name":"rotation","degrees":1,"fill":[2]}]',
      'fill is [2], expected a number from 0 to 1, or a list',
    ],
  ])('explains %s', (_name, text, message) => {
    expect(() => readPipeline(text)).toThrow(message)
  })
})

describe('registry', () => {
  it('knows your own augmentation, its axis and its steps', () => {
    const registry = createRegistry([...augmentations, fade])
    expect(registry.axes).toEqual([...builtIn.axes, fadeAxis])
    expect(describePipeline([{ name: 'fade', amount: 0.5 }], registry)[0]!.text).toBe('Fade: amount 0.5')
    tf.tidy(() => {
      const x = image()
      const faded = applyPipeline(x, [{ name: 'fade', amount: 1 }, { name: 'invert' }], { registry })
      expect(faded.dataSync().every((v) => v === 1)).toBe(true)
      expect(pipeline([{ name: 'fade', amount: 0 }], registry)(x).dataSync()).toEqual(x.dataSync())
    })
    expect(() => readPipeline([{ name: 'fade', amount: 0.5 }])).toThrow('no augmentation "fade"')
  })

  it('lists all axes of what it holds, the default ones first', () => {
    expect(builtIn.axes).toEqual(allAxes)
    expect(builtIn.axes.slice(0, axes.length)).toEqual(axes)
    expect(new Set(allAxes.map(({ name }) => name)).size).toBe(allAxes.length)
    expect(createRegistry([fade]).axes).toEqual([fadeAxis])
    expect(JSON.parse(JSON.stringify(allAxes))).toEqual(allAxes)
  })

  it('refuses names that occur twice, and axes that move nothing', () => {
    expect(() => createRegistry([fade, fade])).toThrow('two augmentations named "fade"')
    expect(() => createRegistry([{ ...fade, axis: { ...fadeAxis, parameter: 'x' } }])).toThrow(
      'the axis of "fade" moves fade.x, expected a number among its parameters',
    )
  })
})
