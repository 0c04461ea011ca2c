import { readFileSync } from 'node:fs'
import type { ImageBatch, Preprocessing } from '@vatun/core'

export const modelPath = (name: string): URL =>
  new URL(`../../../examples/models/${name}/${name}.onnx`, import.meta.url)

export const smallNet = new URL('./fixtures/small-net/model.onnx', import.meta.url)

export const preprocessing: Preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }

export const classNames = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ')

/** Where the reference values of a model are; ResNet-20's are the ones of the layers model, the same network. */
const FOLDERS = {
  vgg16: './fixtures/vgg16-cifar10',
  resnet20: '../../core/src/fixtures/resnet20-cifar10',
  small: './fixtures/small-net',
  vgg16Kinks: './fixtures/vgg16-kinks',
  resnet20Kinks: '../../core/src/fixtures/resnet20-kinks',
}

function bytes(model: keyof typeof FOLDERS, name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${FOLDERS[model]}/${name}.bin`, import.meta.url)))
}

/** PyTorch's values; see fixtures/README.md. */
export function golden(model: keyof typeof FOLDERS) {
  return {
    floats: (name: string) => new Float32Array(bytes(model, name).buffer),
    integers: (name: string) => new Int32Array(bytes(model, name).buffer),
    images(n: number): ImageBatch {
      const data = model === 'small' ? new Float32Array(bytes(model, 'images').buffer) : bytes(model, 'images')
      return { data: data.subarray(0, n * 3072), n, height: 32, width: 32, channels: 3 }
    },
  }
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
