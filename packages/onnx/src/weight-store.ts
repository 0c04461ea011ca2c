import * as tf from '@tensorflow/tfjs-core'
import type { Constant } from './constant.js'

/** Owns the weights of a model on the device. */
export interface WeightStore {
  /** Uploads a constant, reshaped or reordered by `arrange`. The tensor stays the store's. */
  upload<T extends tf.Tensor>(constant: Pick<Constant, 'data' | 'dims'>, arrange?: (tensor: tf.Tensor) => T): T
  dispose(): void
}

export function createWeightStore(): WeightStore {
  const kept: tf.Tensor[] = []
  return {
    upload<T extends tf.Tensor>(
      { data, dims }: Pick<Constant, 'data' | 'dims'>,
      arrange: (tensor: tf.Tensor) => T = (tensor) => tensor as T,
    ): T {
      const tensor = tf.tidy(() => tf.keep(arrange(tf.tensor(Float32Array.from(data), [...dims], 'float32'))))
      kept.push(tensor)
      return tensor
    },
    dispose: () => tf.dispose(kept),
  }
}
