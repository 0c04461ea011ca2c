import { readFileSync } from 'node:fs'
import type { ImageBatch, Preprocessing } from './index.js'

export const modelPath = (path: string): URL => new URL(`../../../examples/models/${path}`, import.meta.url)

export const preprocessing: Preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }

export const classNames = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ')

function bytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`./fixtures/resnet20-cifar10/${name}.bin`, import.meta.url)))
}

/** PyTorch's values for the first eight test images; see fixtures/README.md. */
export const floats = (name: string): Float32Array => new Float32Array(bytes(name).buffer)
export const labels = (): Int32Array => new Int32Array(bytes('labels').buffer)

export function images(n = 8): ImageBatch {
  return { data: bytes('images').subarray(0, n * 3072), n, height: 32, width: 32, channels: 3 }
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= largest)) largest = difference
  }
  return largest
}

/** |a - b| / |b| in the L2 norm. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let error = 0
  let norm = 0
  for (let i = 0; i < a.length; i++) {
    error += (a[i]! - b[i]!) ** 2
    norm += b[i]! ** 2
  }
  return Math.sqrt(error / norm)
}
