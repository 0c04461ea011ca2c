import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { brightness } from './augmentations/brightness.js'
import { rotation } from './augmentations/rotation.js'
import { axes, stepOf } from './axes.js'
import { type AxisChoice, chooseAxes } from './choose-axes.js'
import { simulation } from './simulation.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})
let tensors = 0
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

const image = () => tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], 0.2, 0.8, 'float32', 7)
const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!

describe('chooseAxes', () => {
  it('offers what is named, in that order: augmentations, corruptions, attacks', () => {
    const registry = chooseAxes(['pgd', 'corruption-fog', 'jpeg', 'hue'])
    expect(registry.axes.map(({ label }) => label)).toEqual(['PGD', 'Fog (corruption)', 'JPEG quality', 'Hue'])
    expect(registry.axes[1]!.degrees).toEqual([0, 1, 2, 3, 4, 5])
    expect(registry.find('blur').label).toBe('Blur')
    expect(chooseAxes([]).axes).toEqual([])
  })

  it('takes other degrees: sliders reach as far, the identity is among them', () => {
    const choices = [
      { name: 'rotation', label: 'Tilt', degrees: [-20, -10, 10] },
      { name: 'fgsm', degrees: ['1/255', '2/255'] },
      { name: 'pgd', parameters: { norm: 'l2' }, degrees: [0.25, 0.5] },
      { name: 'corruption-snow', degrees: [2, 5] },
    ]
    const [tilt, fgsm, pgd, snow] = chooseAxes(choices).axes
    expect(tilt).toEqual({ ...axes[2], label: 'Tilt', degrees: [-20, -10, 0, 10], min: -20, max: 10 })
    expect(fgsm!.degrees).toEqual([0, 1 / 255, 2 / 255])
    expect(fgsm!.in255ths).toBe(true)
    expect(pgd).toMatchObject({ in255ths: false, step: 0.005, max: 0.5 })
    expect(snow).toMatchObject({ min: 0, max: 5, step: 1 })
  })

  it('fixes other parameters, of the axis itself or of a variant beside it', () => {
    const registry = chooseAxes([
      'rotation',
      { name: 'mirrored', label: 'Mirrored', of: 'rotation', parameters: { border: 'reflect' } },
    ])
    tf.tidy(() => {
      const x = image()
      const turned = (name: string) => applyPipeline(x, [{ name, degrees: 30 }], { registry })
      expect(difference(turned('rotation'), rotation(x, 30))).toBe(0)
      expect(difference(turned('mirrored'), rotation(x, 30, 'reflect'))).toBe(0)
      const explicit = applyPipeline(x, [{ name: 'mirrored', degrees: 30, border: 'fill' }], { registry })
      expect(difference(explicit, rotation(x, 30))).toBe(0)
    })
    expect(registry.axes[1]).toEqual({ ...axes[2], name: 'mirrored', label: 'Mirrored' })
  })

  it('grows the steps of a pipeline together, nothing at 0 and as written at 1', () => {
    const pipeline = [{ name: 'brightness', amount: -0.4 }, { name: 'flipHorizontal' }, { name: 'posterize', bits: 3 }]
    const registry = chooseAxes([{ name: 'dusk', label: 'Dusk', pipeline }])
    const [axis] = registry.axes
    expect(axis).toMatchObject({ label: 'Dusk', min: 0, max: 1, identity: 0, degrees: [0, 0.25, 0.5, 0.75, 1] })
    tf.tidy(() => {
      const x = image()
      const at = (strength: number) => applyPipeline(x, [stepOf(axis!, strength)], { registry })
      expect(difference(at(0), x)).toBe(0)
      expect(difference(at(1), applyPipeline(x, pipeline))).toBe(0)
      const half = [{ name: 'brightness', amount: -0.2 }, { name: 'flipHorizontal' }, { name: 'posterize', bits: 6 }]
      expect(difference(at(0.5), applyPipeline(x, half))).toBe(0)
    })
  })

  it('lets a pipeline name what stands before it, whose degrees do not bound it', () => {
    const registry = chooseAxes([
      { name: 'brightness', degrees: [-0.1, 0.1] },
      { name: 'dark', pipeline: [{ name: 'brightness', amount: -0.5 }] },
      {
        name: 'darker',
        pipeline: [
          { name: 'dark', strength: 0.5 },
          { name: 'brightness', amount: -0.1 },
        ],
        degrees: [1],
      },
    ])
    expect(registry.axes[2]!.degrees).toEqual([0, 1])
    tf.tidy(() => {
      const x = image()
      const changed = applyPipeline(x, [{ name: 'darker', strength: 1 }], { registry })
      expect(difference(changed, brightness(brightness(x, -0.25), -0.1))).toBeLessThan(1e-6)
    })
  })

  it('keeps stored results apart by what the change is made of', () => {
    const key = (choice: AxisChoice) => {
      const registry = chooseAxes([choice])
      return JSON.stringify(simulation(registry.axes[0]!, { registry }).spec)
    }
    const rotation = key('rotation')
    expect(rotation).toBe(JSON.stringify(simulation(axes[2]!).spec))
    const keys = [
      rotation,
      key({ name: 'rotation', degrees: [0, 10] }),
      key({ name: 'rotation', parameters: { border: 'reflect' } }),
      key({ name: 'rotation', parameters: { border: 'edge' } }),
      key({ name: 'a', pipeline: [{ name: 'blur', sigma: 1 }] }),
      key({ name: 'a', pipeline: [{ name: 'blur', sigma: 2 }] }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it.each<[unknown, string]>([
    ['rotaton', 'axes[0]: no axis "rotaton", perhaps "rotation" is meant, expected one of hue,'],
    ['Gaussian Noise', 'perhaps "gaussianNoise" is meant'],
    ['fog', 'perhaps "corruption-fog" is meant'],
    ['zzz', 'no axis "zzz", expected one of'],
    ['flipVertical', '"flipVertical" has no magnitude to vary, use it in a "pipeline"'],
    [3, 'axes[0]: this is neither a name nor an object with a "name"'],
    [{ name: 'hue', degree: [1] }, 'axes[0]: no option "degree", perhaps "degrees" is meant'],
    [{ name: 'hue', degrees: [10, 0] }, 'axes[0]: "hue" has the degree 0 after 10, sort them, each once'],
    [{ name: 'hue', degrees: [0, 0] }, 'has the degree 0 after 0'],
    [{ name: 'hue', degrees: [0, Number.NaN] }, 'has the degree NaN, expected finite numbers'],
    [{ name: 'hue', degrees: [0, null] }, 'has the degree null, expected finite numbers'],
    [{ name: 'hue', degrees: [] }, '"hue" has no degrees'],
    [{ name: 'hue', degrees: 10 }, 'degrees is no list'],
    [{ name: 'hue', degrees: [0, 400] }, 'hue: degrees is 400, expected a number from -360 to 360'],
    [{ name: 'corruption-fog', degrees: [1.5] }, 'severity is 1.5, expected a whole number'],
    [{ name: 'rotation', parameters: { edge: 'fill' } }, 'axes[0]: rotation: no parameter "edge"'],
    [{ name: 'rotation', parameters: { degrees: 3 } }, '"degrees" is what the axis varies'],
    [{ name: 'rotation', parameters: [] }, '"parameters" is no object'],
    [{ name: 'rotation', of: 'hue' }, 'the name "rotation" is taken'],
    [{ name: 'my axis', of: 'hue' }, 'the name "my axis" is not made of letters, digits, - and _'],
    [
      { name: 'dusk', pipeline: [{ name: 'blurr', sigma: 1 }] },
      'axes[0]: augment: no augmentation "blurr", perhaps "blur"',
    ],
    [{ name: 'dusk', pipeline: [{ name: 'blur', sigma: -1 }] }, 'axes[0]: blur: sigma is -1'],
    [{ name: 'dusk', pipeline: 'blur' }, 'is not JSON, expected a list of steps'],
    [{ name: 'dusk', of: 'hue', pipeline: [] }, '"pipeline" goes with neither'],
    [{ name: 'dusk', label: 3, pipeline: [] }, '"label" is no text'],
  ])('explains %j', (choice, message) => {
    expect(() => chooseAxes([choice as AxisChoice])).toThrow(message)
  })

  it('explains a name that is chosen twice', () => {
    expect(() => chooseAxes(['hue', { name: 'hue', degrees: [0, 5] }])).toThrow(
      'axes[1]: "hue" has been chosen before, give this one a new name and "of": "hue"',
    )
  })
})
