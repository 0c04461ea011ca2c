import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectRobust } from '@vatun/testing'
import { openImages, openModel } from './resnet20.js'

/** @type {import('@vatun/core').Classifier} */
let classifier
/** @type {import('@vatun/testing').LabelledImages} */
let data

before(async () => {
  classifier = await openModel()
  data = await openImages(60)
})

after(() => classifier?.dispose())

test('still sees the object when it is a little darker', async () => {
  await expectRobust(classifier, data, { axis: 'brightness', degrees: [-0.2, -0.1, 0], minAccuracy: 0.85 })
})

test('a failure says at which degree and by how much', async () => {
  const upsideDown = { axis: 'rotation', degrees: [0, 180], minAccuracy: 0.8 }
  await assert.rejects(expectRobust(classifier, data, upsideDown), /AssertionError.*180°/s)
})
