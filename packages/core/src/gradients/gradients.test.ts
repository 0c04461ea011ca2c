import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { expectSameGradients, normal } from '../wasm-kernels/compare-backends.test.data.js'
import { registerWasmKernels } from '../wasm-kernels/index.js'
import { registerGradients } from './index.js'

registerGradients()
registerGradients()

/** The gradient of a linear function is its transpose, which unit vectors tell. */
function expectTranspose(f: (x: tf.Tensor4D) => tf.Tensor, shape: [number, number, number, number]): void {
  tf.tidy(() => {
    const x = normal(shape) as tf.Tensor4D
    const dy = normal(f(x).shape, 5)
    const found = tf.grad((v) => tf.sum(tf.mul(f(v as tf.Tensor4D), dy)))(x)
    expect(found.shape).toEqual(shape)
    const values = found.dataSync()
    for (const i of values.keys()) {
      const unit = tf.tensor4d(
        values.map((_, j) => Number(i === j)),
        shape,
      )
      expect(values[i]).toBeCloseTo(tf.sum(tf.mul(f(unit), dy)).dataSync()[0]!, 4)
    }
  })
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  const sizes = [
    [8, 8],
    [5, 7],
    [2, 3],
    [1, 1],
    [9, 5],
  ] as [number, number][]
  const modes = [
    [false, false],
    [true, false],
    [false, true],
  ] as [boolean, boolean][]
  it.each(sizes.flatMap((size) => modes.map((mode) => [size, ...mode] as const)))(
    'resizes to %o, corners aligned %s, half-pixel centres %s',
    async (size, corners, half) => {
      await tf.setBackend(backend)
      registerWasmKernels()
      expectTranspose((x) => tf.image.resizeBilinear(x, size, corners, half), [2, 3, 4, 2])
      expectTranspose((x) => tf.image.resizeNearestNeighbor(x, size, corners, half), [2, 3, 4, 2])
    },
  )

  it.each(['reflect', 'symmetric'] as const)('mirrors borders, %s', async (mode) => {
    await tf.setBackend(backend)
    const borders: [number, number][] = [
      [0, 0],
      [2, 1],
      [0, 3],
      [1, 0],
    ]
    expectTranspose((x) => tf.mirrorPad(x, borders, mode), [2, 3, 4, 2])
  })

  it('moves channels into blocks', async () => {
    await tf.setBackend(backend)
    expectTranspose((x) => tf.depthToSpace(x, 2), [2, 2, 3, 8])
  })

  it.each([
    [2, 'same', 3],
    [[1, 3], 'valid', 3],
    [
      [2, 1],
      [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 0],
      ],
      3,
    ],
    [3, 'same', 1],
  ] as const)('convolves with dilation %o, pad %o, filter %i', async (dilation, padding, size) => {
    await tf.setBackend(backend)
    registerWasmKernels()
    const pad = padding as tf.Conv2DAttrs['pad'] as 'same'
    const dilations = (typeof dilation === 'number' ? dilation : [...dilation]) as number
    const [filter, depthwise] = [normal([size, size, 2, 3], 2), normal([size, size, 2, 2], 3)] as tf.Tensor4D[]
    const x = normal([1, 9, 8, 2]) as tf.Tensor4D
    expectTranspose((v) => tf.conv2d(v, filter!, 1, pad, 'NHWC', dilations), x.shape)
    expectTranspose((v) => tf.depthwiseConv2d(v, depthwise!, 1, pad, 'NHWC', dilations), x.shape)
    expectTranspose((w) => tf.conv2d(x, w, 1, pad, 'NHWC', dilations), filter!.shape)
    expectTranspose((w) => tf.depthwiseConv2d(x, w, 1, pad, 'NHWC', dilations), depthwise!.shape)
  })
})

it('broadcasts squared differences', async () => {
  await expectSameGradients(
    (x) => tf.squaredDifference(x, tf.mean(x, [1, 2], true)),
    () => [normal([2, 4, 5, 3])],
  )
  await expectSameGradients(
    (a, b) => tf.squaredDifference(a, b),
    () => [normal([3, 4]), normal([4], 2)],
  )
  const [x, y] = [tf.tensor1d([1, 2]), tf.scalar(5)]
  const [dx, dy] = tf.grads((a, b) => tf.sum(tf.squaredDifference(a, b)))([x, y])
  expect([...dx!.dataSync(), ...dy!.dataSync()]).toEqual([-8, -6, 14])
})

it('chooses by a condition on the input', async () => {
  await expectSameGradients(
    (x, y) => tf.where(tf.greater(x, 0), tf.square(x), y),
    () => [normal([2, 3]), normal([2, 3], 2)],
  )
})
