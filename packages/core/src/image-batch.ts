import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'

/**
 * Images on the host: `[n, height, width, channels]` in C order, channels last, RGB when there are three.
 * `Uint8Array` data is 0…255, `Float32Array` data is 0…1. Pixel space is the public space: preprocessing belongs to the classifier.
 */
export interface ImageBatch {
  readonly data: Uint8Array | Float32Array
  readonly n: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Checks that the data's length agrees with the shape. @throws VatunError `bad-input` */
export function checkImageBatch(batch: ImageBatch, where: string): void {
  const { data, n, height, width, channels } = batch
  const expected = n * height * width * channels
  if (data.length !== expected)
    throw new VatunError(
      'bad-input',
      `${where}: ${data.length} values do not fill [${n}, ${height}, ${width}, ${channels}], which needs ${expected}`,
    )
}

/** Uploads a batch. @returns float32 tensor `[n, height, width, channels]` in [0, 1], owned by the caller. */
export function toTensor(batch: ImageBatch): tf.Tensor4D {
  checkImageBatch(batch, 'toTensor')
  const shape: [number, number, number, number] = [batch.n, batch.height, batch.width, batch.channels]
  if (batch.data instanceof Float32Array) return tf.tensor4d(batch.data, shape, 'float32')
  const floats = new Float32Array(batch.data.length)
  for (let i = 0; i < floats.length; i++) floats[i] = batch.data[i]! / 255
  return tf.tensor4d(floats, shape, 'float32')
}

/** Downloads a tensor `[n, height, width, channels]` in [0, 1] (borrowed) as a float32 batch. */
export async function toImageBatch(images: tf.Tensor4D): Promise<ImageBatch> {
  const [n, height, width, channels] = images.shape
  return { data: (await images.data()) as Float32Array, n, height, width, channels }
}

/** Rounds to the nearest of 256 levels, clipping to [0, 1]. Returns a batch of uint8; a uint8 batch is returned as it is. */
export function toUint8(batch: ImageBatch): Omit<ImageBatch, 'data'> & { readonly data: Uint8Array } {
  if (batch.data instanceof Uint8Array) return { ...batch, data: batch.data }
  return { ...batch, data: Uint8Array.from(Uint8ClampedArray.from(batch.data, (v) => v * 255)) }
}

/** The images at the given positions of a batch, in that order, as a new batch of the same element type. */
export function pickImages(batch: ImageBatch, positions: readonly number[]): ImageBatch {
  const size = batch.height * batch.width * batch.channels
  const length = positions.length * size
  const data = batch.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)
  for (const [i, p] of positions.entries()) data.set(batch.data.subarray(p * size, (p + 1) * size), i * size)
  return { ...batch, data, n: positions.length }
}
