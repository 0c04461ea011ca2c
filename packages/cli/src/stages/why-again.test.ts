import type { ClassifierInfo } from '@vatun/core'
import type { BundleSubject, Manifest } from '@vatun/core/bundle'
import { expect, it } from 'vitest'
import { whyAllAgain } from './why-again.js'

const classifier = { name: 'net', hash: 'aa', lastConv: 'conv1' } as ClassifierInfo
const subject: BundleSubject = {
  vatun: '0.1.0',
  model: { name: 'net', hash: 'aa' },
  dataset: { name: 'set', hash: 'bb', length: 10 },
  images: { count: 4, order: 'stratified', seed: 0 },
  classifier,
  engine: 'wasm on cpu',
  classNames: ['cat', 'dog'],
  specs: {
    model: { format: 'onnx', url: 'net.onnx', name: 'net', classNames: ['cat', 'dog'], preprocessing: 'none' },
    dataset: { format: 'module', module: './set.js' },
  },
  axes: [],
}
const before: Manifest = {
  ...subject,
  formatVersion: 1,
  results: { 'a.arrow': { status: 'complete', key: 'k', bytes: 1, sha256: 'cc' } },
}

function specOf(change: Partial<BundleSubject['specs']['model']>): Partial<BundleSubject> {
  return { specs: { ...subject.specs, model: { ...subject.specs.model, ...change } } }
}

it('says nothing where nothing has been computed or nothing has changed', () => {
  expect(whyAllAgain(undefined, subject)).toBeUndefined()
  expect(whyAllAgain(before, { ...subject, vatun: '0.2.0', axes: [{ name: 'hue' } as never] })).toBeUndefined()
  expect(whyAllAgain({ ...before, results: {} }, { ...subject, engine: 'cuda' })).toBeUndefined()
})

it.each([
  [{ model: { name: 'net', hash: 'a2' }, classifier: { ...classifier, hash: 'a2' } }, 'the model has changed'],
  [{ classifier: { ...classifier, lastConv: 'conv2' } }, 'what is known of the model has changed'],
  [specOf({ preprocessing: 'imagenet-torch' }), 'the preprocessing has changed'],
  [specOf({ outputName: 'aux' }), 'the output that is read has changed'],
  [{ dataset: { ...subject.dataset, hash: 'b2' } }, 'the data set has changed'],
  [{ images: { ...subject.images, seed: 1 } }, 'other images of it are chosen'],
  [{ engine: 'onnxruntime on cuda' }, 'the engine was wasm on cpu and is onnxruntime on cuda'],
  [
    { model: { name: 'net', hash: 'a2' }, dataset: { ...subject.dataset, hash: 'b2' } },
    'the model has changed, the data set has changed',
  ],
])('tells what all results depend on that is different: %#', (change, why) => {
  expect(whyAllAgain(before, { ...subject, ...change })).toBe(why)
})
