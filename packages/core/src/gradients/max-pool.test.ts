import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { turnedMaxPool } from './max-pool.js'

beforeAll(() => tf.setBackend('cpu'))

const side = fc.integer({ min: 1, max: 3 })
const length = fc.integer({ min: 3, max: 7 })
const border = fc.integer({ min: 0, max: 1 })
const pads = fc.oneof(
  fc.constantFrom<'same' | 'valid'>('same', 'valid'),
  fc.tuple(border, border, border, border).map(([top, bottom, left, right]) => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]),
)

// The cpu backend picks the first of equal values, hence turned the last; browser tests see backends that pick the last.
it('picks the value at the other end among equals, for any window', () => {
  const values = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 98, maxLength: 98 })
  fc.assert(
    fc.property(
      length,
      length,
      fc.tuple(side, side),
      fc.tuple(side, side),
      pads,
      values,
      (h, w, size, strides, pad, all) =>
        tf.tidy(() => {
          const x = tf.tensor4d(all.slice(0, 2 * h * w), [2, h, w, 1])
          const attrs = { filterSize: size, strides, pad, dimRoundingMode: 'floor' as const }
          const y = tf.maxPool(x, size, strides, pad as 'same', typeof pad === 'string' ? undefined : 'floor')
          const dy = tf.reshape(tf.range(1, y.size + 1), y.shape)
          const found = turnedMaxPool(dy, [x, y], attrs as unknown as tf.NamedAttrMap).x!()
          expect(Array.from(found.dataSync())).toEqual(lastOfEquals(x, y, dy, attrs))
        }),
    ),
    { numRuns: 200 },
  )
})

function lastOfEquals(
  x: tf.Tensor4D,
  y: tf.Tensor4D,
  dy: tf.Tensor,
  { filterSize, strides, pad, dimRoundingMode }: Pooling,
) {
  const info = tf.backend_util.computePool2DInfo(
    x.shape,
    filterSize,
    strides,
    1,
    pad as 'same',
    typeof pad === 'string' ? undefined : dimRoundingMode,
  )
  const [values, slopes] = [x.dataSync(), dy.dataSync()]
  const gradient = new Array<number>(x.size).fill(0)
  const { inHeight, inWidth, outHeight, outWidth } = info
  for (let at = 0; at < y.size; at++) {
    const column = (at % outWidth) * strides[1] - info.padInfo.left
    const row = (Math.floor(at / outWidth) % outHeight) * strides[0] - info.padInfo.top
    const image = Math.floor(at / outWidth / outHeight)
    let best = -1
    for (let r = Math.max(0, row); r < Math.min(inHeight, row + filterSize[0]); r++)
      for (let c = Math.max(0, column); c < Math.min(inWidth, column + filterSize[1]); c++) {
        const place = (image * inHeight + r) * inWidth + c
        if (best < 0 || values[place]! >= values[best]!) best = place
      }
    if (best >= 0) gradient[best]! += slopes[at]!
  }
  return gradient
}

interface Pooling {
  readonly filterSize: [number, number]
  readonly strides: [number, number]
  readonly pad: string | number[][]
  readonly dimRoundingMode: 'floor'
}
