import * as tf from '@tensorflow/tfjs-core'
import type { Constant } from './constant.js'

/** Owns the weights of a model on the device. */
export interface WeightStore {
  /** Uploads a constant, reshaped or reordered by `arrange`. The tensor stays the store's. */
  upload<T extends tf.Tensor>(constant: Pick<Constant, 'data' | 'dims'>, arrange?: (tensor: tf.Tensor) => T): T
  /** Something made of constants when it is first asked for, and kept. */
  later<A extends unknown[], S extends tf.Tensor, T extends tf.Tensor>(
    source: (...args: A) => S,
    make: (source: S) => T,
  ): (...args: A) => T
  dispose(): void
}

export function createWeightStore(): WeightStore {
  const kept: tf.Tensor[] = []
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    kept.push(tensor)
    return tensor
  }
  return {
    upload<T extends tf.Tensor>(
      { data, dims }: Pick<Constant, 'data' | 'dims'>,
      arrange: (tensor: tf.Tensor) => T = (tensor) => tensor as T,
    ): T {
      return keep(tf.tidy(() => tf.keep(arrange(tf.tensor(Float32Array.from(data), [...dims], 'float32')))))
    },
    later(source, make) {
      let made: ReturnType<typeof make> | undefined
      return (...args) => {
        made ??= keep(tf.keep(tf.tidy(() => make(source(...args)))))
        return made
      }
    },
    dispose: () => tf.dispose(kept),
  }
}
