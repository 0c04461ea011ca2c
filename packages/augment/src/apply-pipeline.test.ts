import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { rotation } from './augmentations/rotation.js'
import { axes, magnitudeIn, stepOf, withMagnitude } from './axes.js'
import { augmentations, findAugmentation } from './registry.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const image = () => tf.randomUniform([1, 6, 6, 3], 0, 1, 'float32', 1) as tf.Tensor4D

describe('applyPipeline', () => {
  it('applies the steps in order', () => {
    tf.tidy(() => {
      const x = image()
      const y = applyPipeline(x, [{ name: 'rotation', degrees: 90, fill: 1 }, { name: 'flipVertical' }])
      expect(y.dataSync()).toEqual(tf.reverse(rotation(x, 90, 1), 1).dataSync())
    })
  })

  it('copies for an empty pipeline and leaves no other tensor behind', () => {
    const x = image()
    const before = tf.memory().numTensors
    const copy = applyPipeline(x, [])
    const blurred = applyPipeline(x, [
      { name: 'blur', sigma: 2 },
      { name: 'hue', degrees: 20 },
    ])
    expect(copy).not.toBe(x)
    expect(copy.dataSync()).toEqual(x.dataSync())
    expect(tf.memory().numTensors).toBe(before + 2)
    tf.dispose([x, copy, blurred])
  })

  it.each([
    [{ name: 'rotate' }, 'not-found', 'augment: no augmentation "rotate", expected one of hue, brightness,'],
    [{ name: 'rotation' }, 'bad-input', 'rotation: degrees is missing, expected a number from -360 to 360'],
    [{ name: 'rotation', degrees: '9' }, 'bad-input', 'rotation: degrees is "9"'],
    [{ name: 'rotation', degrees: 400 }, 'bad-input', 'rotation: degrees is 400'],
    [
      { name: 'rotation', angle: 3 },
      'bad-input',
      'rotation: no parameter "angle", expected one of degrees, border, fill',
    ],
    [{ name: 'flipVertical', x: 3 }, 'bad-input', 'flipVertical: no parameter "x", expected none'],
    [{ name: 'fgsm', epsilon: 0.1, target: 1.5 }, 'bad-input', 'fgsm: target is 1.5, expected a whole number'],
    [
      { name: 'removeRegion', shape: 'star' },
      'bad-input',
      'shape is "star", expected one of rectangle, ellipse, pixels',
    ],
    [{ name: 'removeRegion', shape: 'pixels' }, 'bad-input', 'comes without pixels'],
    [{ name: 'removeRegion', shape: 'ellipse', top: 1 }, 'bad-input', 'needs top, left, height and width'],
    [{ name: 'removeRegion', shape: 'pixels', pixels: [-1] }, 'bad-input', 'pixels is [-1], expected a list'],
  ])('explains %j', (step, code, message) => {
    const x = image()
    const before = tf.memory().numTensors
    const attempt = () => applyPipeline(x, [{ name: 'blur', sigma: 1 }, step])
    expect(attempt).toThrow(VatunError)
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
    expect(tf.memory().numTensors).toBe(before)
    x.dispose()
  })
})

describe('the catalogue', () => {
  it('has unique names and JSON-serialisable parameters', () => {
    expect(new Set(augmentations.map((a) => a.name)).size).toBe(augmentations.length)
    const parameters = augmentations.map((a) => a.parameters)
    expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters)
  })

  it.each(axes.map((axis) => [axis.name, axis] as const))(
    'offers %s with an ascending grid around its identity',
    (_, axis) => {
      expect(axis.degrees).toContain(axis.identity)
      expect([...axis.degrees].sort((a, b) => a - b)).toEqual(axis.degrees)
      expect(axis.degrees[0]).toBe(axis.min)
      expect(axis.degrees.at(-1)).toBe(axis.max)
      const parameter = findAugmentation(axis.name).parameters.find((p) => p.name === axis.parameter)
      expect(parameter).toMatchObject({ kind: 'number' })
      tf.tidy(() => {
        const x = image()
        expect(applyPipeline(x, axis.name === 'fgsm' ? [] : [stepOf(axis, axis.identity)]).dataSync()).toEqual(
          x.dataSync(),
        )
      })
    },
  )

  it('moves a magnitude in its place', () => {
    const rotationAxis = axes.find((axis) => axis.name === 'rotation')!
    const pipeline = [{ name: 'rotation', degrees: 5, fill: 1 }, { name: 'flipVertical' }]
    expect(withMagnitude(pipeline, rotationAxis, 9)).toEqual([
      { name: 'rotation', degrees: 9, fill: 1 },
      { name: 'flipVertical' },
    ])
    expect(withMagnitude([{ name: 'flipVertical' }], rotationAxis, 9)).toEqual([
      { name: 'flipVertical' },
      { name: 'rotation', degrees: 9 },
    ])
    expect(magnitudeIn(pipeline, rotationAxis)).toBe(5)
    expect(magnitudeIn([], rotationAxis)).toBe(0)
  })
})
