import { readFileSync } from 'node:fs'
import type { ImageBatch, Preprocessing } from './index.js'

export const modelPath = (path: string): URL => new URL(`../../../examples/models/${path}`, import.meta.url)

export const preprocessing: Preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }

export const classNames = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ')

function bytes(name: string, folder: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`./fixtures/${folder}/${name}.bin`, import.meta.url)))
}

/** Reference values for some test images; see fixtures/README.md. */
function golden(folder: string, all: number) {
  return {
    floats: (name: string): Float32Array => new Float32Array(bytes(name, folder).buffer),
    labels: (): Int32Array => new Int32Array(bytes('labels', folder).buffer),
    images: (n = all): ImageBatch => ({
      data: bytes('images', folder).subarray(0, n * 3072),
      n,
      height: 32,
      width: 32,
      channels: 3,
    }),
  }
}

/** PyTorch's values for the first eight. */
export const { floats, labels, images } = golden('resnet20-cifar10', 8)

/** Gradients in double precision at kinks; the first image is one for this network, the others for the ONNX file. */
export const kinks = golden('resnet20-kinks', 3)

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
