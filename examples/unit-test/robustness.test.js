import { augmentations, createRegistry, toolkit } from '@vatun/augment'
import { expectRobust } from '@vatun/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { augmentations as outdoors } from '../own-augmentations/outdoors.js'
import { openImages, openModel } from './resnet20.js'

/** @type {import('@vatun/core').Classifier} */
let classifier
/** @type {import('@vatun/testing').LabelledImages} */
let data

beforeAll(async () => {
  classifier = await openModel()
  data = await openImages(60)
})

afterAll(() => classifier?.dispose())

test('still sees the object when it is a little darker', async () => {
  await expectRobust(classifier, data, { axis: 'brightness', degrees: [-0.2, -0.1, 0], minAccuracy: 0.85 })
})

test('a mirror image costs at most five percentage points', async () => {
  await expectRobust(classifier, data, { pipeline: [{ name: 'flipHorizontal' }], maxDrop: 0.05 })
})

test('is known not to stand an attack, which this test notices when it changes', async () => {
  const attack = { axis: 'fgsm', degrees: [4 / 255], minAccuracy: 0.5 }
  await expect(expectRobust(classifier, data, attack)).rejects.toThrow(/FGSM/)
})

test('sees through light fog on the ground, an augmentation of our own', async () => {
  const registry = createRegistry([...augmentations, ...(await outdoors(toolkit))])
  await expectRobust(classifier, data, { axis: 'groundFog', degrees: [0.2, 0.4], maxDrop: 0.1 }, { registry })
})
