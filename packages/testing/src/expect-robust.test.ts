import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { augmentations, chooseAxes, createRegistry, defineAugmentation } from '@vatun/augment'
import { type Classifier, type Dataset, pickImages } from '@vatun/core'
import { openOnnx } from '@vatun/onnx'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkRobustness, type LabelledImages } from './check-robustness.js'
import { expectRobust, RobustnessAssertionError } from './expect-robust.js'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const data: LabelledImages = {
  images: { data: new Uint8Array(fixture('images.u8')), n: 12, height: 32, width: 32, channels: 3 },
  labels: JSON.parse(fixture('labels.json').toString()) as number[],
}

let classifier: Classifier
let tensors = 0

beforeAll(async () => {
  await tf.setBackend('wasm')
  classifier = await openOnnx(
    new URL('../../../examples/models/resnet20-cifar10/resnet20-cifar10.onnx', import.meta.url),
    {
      name: 'ResNet-20',
      classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
      preprocessing: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
    },
  )
})
afterAll(() => classifier.dispose())
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

describe('expectRobust on ResNet-20', () => {
  it('accepts what the model withstands', async () => {
    const report = await expectRobust(classifier, data, { pipeline: [{ name: 'flipHorizontal' }], maxDrop: 0.1 })
    expect(report).toMatchObject({ passed: true, images: 12, model: 'ResNet-20' })
    expect(report.message).toContain('ResNet-20 withstands flipHorizontal')
  })

  it('fails with a readable assertion under FGSM', async () => {
    const requirement = { axis: 'fgsm', degrees: [0, 8 / 255], minAccuracy: 0.8 }
    const failure = await expectRobust(classifier, data, requirement).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RobustnessAssertionError)
    const { message, name, code, report } = failure as RobustnessAssertionError
    expect([name, code]).toEqual(['AssertionError', 'ERR_ASSERTION'])
    expect(report.points[0]!.accuracy).toBe(report.unchanged)
    expect(report.points[1]!.accuracy).toBeLessThan(0.5)
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^ResNet-20 does not withstand FGSM: \d+\.\d % right at 8\/255, at least 80\.0 % required$/,
      ),
      '  required: at least 80.0 %',
      expect.stringMatching(/^ {2}unchanged: \d+\.\d % of 12 images right$/),
      expect.stringMatching(/^ {2}0\/255: +\d+\.\d %$/),
      expect.stringMatching(/^ {2}8\/255: +\d+\.\d % {2}too low$/),
      expect.stringMatching(/^ {2}wrong at 8\/255: image \d+ \(\w+ taken for \w+\), .* and \d+ more$/),
    ])
  })

  it('compares with the unchanged images when a drop is bounded', async () => {
    const requirement = { axis: 'rotation', degrees: [-90, 0, 10], maxDrop: 0.2 }
    const report = await checkRobustness(classifier, data, requirement)
    expect(report.required).toBeCloseTo(report.unchanged - 0.2, 10)
    expect(report.points.map((p) => p.degree)).toEqual([-90, 0, 10])
    expect(report.points[1]!.accuracy).toBe(report.unchanged)
    for (const { accuracy, passed, predicted } of report.points) {
      expect(passed).toBe(accuracy >= report.required)
      const right = Array.from(predicted).filter((p, i) => p === data.labels[i]).length
      expect(accuracy).toBe(right / 12)
    }
    expect(report.points[0]!.passed).toBe(false)
    expect(report.message).toContain('required: at most 20.0 percentage points below the unchanged images')
  })

  it('counts an image with a perfect bound as the boundary, not beyond it', async () => {
    const report = await checkRobustness(classifier, data, { pipeline: [], maxDrop: 0 })
    expect(report.passed).toBe(true)
    expect(report.message).toContain('withstands no change')
  })

  it('takes any axis: corruptions, augmentations of your own, and pipelines', async () => {
    const scale = { unit: '', min: 0, max: 1 }
    const fade = defineAugmentation({
      name: 'fade',
      label: 'Fade',
      parameters: [{ kind: 'number', name: 'amount', label: 'Amount', ...scale }],
      axis: {
        name: 'fade',
        label: 'Fade',
        parameter: 'amount',
        ...scale,
        step: 0.1,
        identity: 0,
        degrees: [0, 0.5, 1],
      },
      apply: (images, { amount }) => tf.mul(images, 1 - amount),
    })
    const dusk = { name: 'dusk', label: 'Dusk', pipeline: [{ name: 'fade', amount: 0.5 }, { name: 'flipHorizontal' }] }
    const registry = chooseAxes(['fade', dusk], createRegistry([...augmentations, fade]))
    const check = (axis: string, options = { registry }) =>
      checkRobustness(classifier, data, { axis, maxDrop: 0.2 }, options)
    const faded = await check('fade')
    expect(faded.points.map((p) => p.degree)).toEqual([0, 0.5, 1])
    expect(faded.points[0]!.accuracy).toBe(faded.unchanged)
    // Black images are all taken for the same class.
    expect(new Set(faded.points[2]!.predicted).size).toBe(1)
    const fixed = await checkRobustness(classifier, data, { pipeline: dusk.pipeline, maxDrop: 1 }, { registry })
    const grown = await check('dusk')
    expect(grown.points.at(-1)!.predicted).toEqual(fixed.points[0]!.predicted)
    expect(grown.message).toContain('Dusk')
    const foggy = await checkRobustness(classifier, data, { axis: 'corruption-fog', maxDrop: 1 })
    expect(foggy.points.map((p) => p.degree)).toEqual([0, 1, 2, 3, 4, 5])
    expect(foggy.points[5]!.accuracy).toBeLessThan(foggy.unchanged)
  })

  it('tells images apart by their position, so that no two get the same draws', async () => {
    const images = { ...data.images, n: 36, data: new Uint8Array(36 * 3072) }
    const labels = new Array<number>(36).fill(0)
    const seen: number[] = []
    const spy = defineAugmentation({
      name: 'spy',
      label: 'Spy',
      parameters: [],
      apply: (x, _, { ids }) => {
        seen.push(...Array.from(ids ?? []))
        return tf.clone(x)
      },
    })
    const options = { registry: createRegistry([spy]) }
    await checkRobustness(classifier, { images, labels }, { pipeline: [{ name: 'spy' }], maxDrop: 1 }, options)
    expect(seen).toEqual(Array.from({ length: 36 }, (_, i) => i))
  })

  it('takes a data set, loads a batch at a time, and names its files', async () => {
    const asked: number[] = []
    const dataset: Dataset = {
      name: 'dozens',
      length: 36,
      classNames: classifier.info.classNames,
      hash: 'aa',
      label: (i) => data.labels[i % 12]!,
      file: (i) => `cat/${i}.png`,
      images: async (indices) => {
        asked.push(indices.length)
        return pickImages(
          data.images,
          indices.map((i) => i % 12),
        )
      },
    }
    const requirement = { axis: 'rotation', degrees: [0, 180], minAccuracy: 0.9 }
    const [once, thrice] = [
      await checkRobustness(classifier, data, requirement),
      await checkRobustness(classifier, dataset, requirement),
    ]
    expect(asked).toEqual([32, 4])
    expect(thrice).toMatchObject({ images: 36, unchanged: once.unchanged })
    const wrong = [...Array(12).keys()].find((i) => once.points[1]!.predicted[i] !== data.labels[i])
    expect(thrice.message).toContain(`wrong at 180°: cat/${wrong}.png (`)
    const classNames = [...dataset.classNames].reverse()
    await expect(checkRobustness(classifier, { ...dataset, classNames }, requirement)).rejects.toThrow(
      'class 0 of dozens is "truck", that of ResNet-20 is "airplane"',
    )
  })

  it('stops when cancelled', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    const requirement = { axis: 'hue', maxDrop: 0.1 }
    await expect(expectRobust(classifier, data, requirement, { signal: controller.signal })).rejects.toThrow('enough')
  })

  it.each([
    [data, { axis: 'rotation' }, 'nothing is required, give minAccuracy or maxDrop'],
    [data, { axis: 'rotation', minAccuracy: 80 }, 'minAccuracy is 80, expected a share from 0 to 1'],
    [data, { axis: 'spin', maxDrop: 0.1 }, 'no axis "spin", expected one of hue, brightness, rotation, blur, fgsm,'],
    [data, { axis: 'Rotaton', maxDrop: 0.1 }, 'no axis "Rotaton", perhaps "rotation" is meant'],
    [data, { axis: 'hue', degrees: [], maxDrop: 0.1 }, 'no degrees to test at'],
    [data, { pipeline: [{ name: 'spin' }], maxDrop: 0.1 }, 'no augmentation "spin"'],
    [{ ...data, labels: [1] }, { axis: 'hue', maxDrop: 0.1 }, '1 labels for 12 images'],
    [
      { ...data, labels: new Array(12).fill(10) },
      { axis: 'hue', maxDrop: 0.1 },
      'label 10 of image 0, expected 0 to 9',
    ],
  ])('explains a check that makes no sense (%#)', async (labelled, requirement, message) => {
    await expect(checkRobustness(classifier, labelled, requirement)).rejects.toThrow(message)
  })
})
