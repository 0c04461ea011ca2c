import * as tf from '@tensorflow/tfjs-core'
import { createProgramNetwork, type TfjsNetwork } from '@vatun/core/layers'
import { compile } from './compile.js'
import { readGraph } from './graph.js'
import { model, node, values } from './graph-builder.test.data.js'
import type { NodeProto, TensorProto } from './proto.js'

/** Channels, height and width of the images, all different. */
export const SIZE = [4, 5, 6] as const

/** Nodes from `x` to `y`, and their constants. */
export interface SmallGraph {
  readonly nodes: NodeProto[]
  readonly initializers?: TensorProto[]
  readonly opset: number
}

/** Opens a graph that ends in `y` as a row, in the file's order; the caller disposes it. */
export function openSmallGraph({ nodes, initializers = [], opset }: SmallGraph): Promise<TfjsNetwork> {
  const all = [...nodes, node('Flatten', ['y'], 'row')]
  return createProgramNetwork(compile(readGraph(model(['n', ...SIZE], all, initializers, ['row'], opset))))
}

/** Two images `[2, height, width, channels]`, owned by the caller. */
export function twoImages(seed: number): tf.Tensor4D {
  const pixels = values(2 * 4 * 5 * 6, seed)
  return tf.tidy(() => tf.transpose(tf.tensor4d(pixels, [2, ...SIZE]), [0, 2, 3, 1]))
}
