import * as tf from '@tensorflow/tfjs-core'
import { changeOnHost, type Pixels } from '../host-pixels.js'
import { reflect } from '../reflect.js'
import { type Corrupt, uniformOf } from './draw.js'
import { planesOf, smooth, symmetric } from './planes.js'

type Place = readonly [x: number, y: number]

/** Moves three points at random and the image with them (affine), then every pixel by a smooth random field (Simard et al. 2003). */
export const elasticTransform: Corrupt<readonly [number, number, number]> = (images, constants, draw) =>
  tf.tidy(() => {
    const [strength, smoothness, reach] = constants
    const [, height, width] = images.shape
    const field = (purpose: number) =>
      smooth(
        planesOf(images, (i) => {
          const random = uniformOf(draw, i, purpose)
          return Float32Array.from({ length: height * width }, () => 2 * random() - 1)
        }),
        smoothness,
        3,
        symmetric,
      ).dataSync()
    const [right, down] = strength === 0 ? [] : [field(1), field(2)]
    return changeOnHost(images, (pixels, i) => {
      const affine = sample(pixels, affinePlaces(height, width, reach, uniformOf(draw, i, 0)), reflect)
      if (!right || !down) return affine
      const start = i * height * width
      const places = (x: number, y: number): Place => {
        const p = start + y * width + x
        return [x + strength * right[p]!, y + strength * down[p]!]
      }
      return sample({ ...pixels, data: affine }, places, symmetric)
    })
  })

/** Where each output pixel lies in the input when three points around the centre move by up to `reach` pixels. */
function affinePlaces(
  height: number,
  width: number,
  reach: number,
  random: () => number,
): (x: number, y: number) => Place {
  const [cx, cy] = [Math.floor(width / 2), Math.floor(height / 2)]
  const side = Math.floor(Math.min(height, width) / 3)
  const from: readonly Place[] = [
    [cx + side, cy + side],
    [cx + side, cy - side],
    [cx - side, cy - side],
  ]
  const jitter = () => reach * (2 * random() - 1)
  const to = from.map(([x, y]): Place => [x + jitter(), y + jitter()]) as [Place, Place, Place]
  // Coordinates of a place along the two edges at the middle point, moved and unmoved.
  const [a, b, c] = to
  const u: Place = [a[0] - b[0], a[1] - b[1]]
  const v: Place = [c[0] - b[0], c[1] - b[1]]
  const area = u[0] * v[1] - u[1] * v[0]
  if (Math.abs(area) < 1e-6) return (x, y) => [x, y]
  return (x, y) => {
    const [dx, dy] = [x - b[0], y - b[1]]
    const alongU = (dx * v[1] - dy * v[0]) / area
    const alongV = (dy * u[0] - dx * u[1]) / area
    return [cx + side - 2 * side * alongV, cy - side + 2 * side * alongU]
  }
}

/** Bilinear values at other places. */
function sample(
  { data, height, width, channels }: Pixels,
  placeOf: (x: number, y: number) => Place,
  bring: (i: number, size: number) => number,
): Float32Array {
  const result = new Float32Array(data.length)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [x, y] = placeOf(column, row)
      const [left, top] = [Math.floor(x), Math.floor(y)]
      const [fx, fy] = [x - left, y - top]
      const target = (row * width + column) * channels
      for (let k = 0; k < 4; k++) {
        const weight = (k & 1 ? fx : 1 - fx) * (k & 2 ? fy : 1 - fy)
        if (weight === 0) continue
        const source = (bring(top + (k >> 1), height) * width + bring(left + (k & 1), width)) * channels
        for (let c = 0; c < channels; c++) result[target + c]! += weight * data[source + c]!
      }
    }
  return result
}
