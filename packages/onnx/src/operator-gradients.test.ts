import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { LOGITS } from '@vatun/core/layers'
import { registerWasmKernels } from '@vatun/core/wasm-kernels'
import { afterEach, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { initializer, ints, node, scalar, values } from './graph-builder.test.data.js'
import { openSmallGraph, type SmallGraph, twoImages } from './small-graph.test.data.js'

afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe('gradients', () => {
  const weights = initializer('w', [6, 2, 3, 3], values(108, 2))
  const GRAPHS: Readonly<Record<string, SmallGraph>> = {
    'a dilated, strided, grouped convolution': {
      opset: 13,
      nodes: [node('Conv', ['x', 'w'], 'y', { group: 2, dilations: [2, 1], strides: [1, 2], pads: [2, 1, 1, 0] })],
      initializers: [weights],
    },
    'a depthwise convolution with dilations': {
      opset: 13,
      nodes: [node('Conv', ['x', 'w'], 'y', { group: 4, dilations: [1, 2], pads: [1, 2, 1, 2] })],
      initializers: [initializer('w', [8, 1, 3, 3], values(72, 2))],
    },
    'a transposed convolution': {
      opset: 13,
      nodes: [node('ConvTranspose', ['x', 'w'], 'y', { strides: [2, 2], pads: [1, 0, 0, 1], output_padding: [1, 0] })],
      initializers: [initializer('w', [4, 2, 3, 3], values(72, 2))],
    },
    'pools, resizing, padding by reflection, reversal, local response normalisation': {
      opset: 13,
      nodes: [
        node('AveragePool', ['x'], 'a', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0], ceil_mode: 1 }),
        node('Resize', ['a', '', '', 's'], 'r', { mode: 'linear' }),
        node('Pad', ['r', 'e'], 'p', { mode: 'reflect' }),
        node('Slice', ['p', 'b', 'f', 'ax', 'st'], 'c'),
        node('LRN', ['c'], 'y', { size: 3, alpha: { float: 0.5 } }),
      ],
      initializers: [
        ints('s', [1, 4, 5, 7]),
        ints('e', [0, 0, 1, 2, 0, 0, 2, 1]),
        ints('b', [-1, 0]),
        ints('f', [-100, 100]),
        ints('ax', [2, 3]),
        ints('st', [-2, 3]),
      ],
    },
    'activation functions and powers': {
      opset: 13,
      nodes: [
        node('MaxPool', ['x'], 'p', { kernel_shape: [2, 2], dilations: [2, 2], pads: [1, 1, 1, 1] }),
        ...['Elu', 'Softplus', 'Selu', 'Softsign', 'LeakyRelu', 'HardSwish', 'Erf', 'Celu'].map((op, i) =>
          node(op, [i === 0 ? 'p' : `v${i - 1}`], `v${i}`),
        ),
        node('PRelu', ['v7', 'slope'], 'prelu'),
        node('Pow', ['prelu', 'three'], 'y'),
      ],
      initializers: [initializer('slope', [4, 1, 1], [0.1, 0.2, 0.3, 0.4]), scalar('three', 3)],
    },
  }
  for (const [name, graph] of Object.entries(GRAPHS))
    it(`agree with finite differences: ${name}`, async () => {
      registerWasmKernels()
      await tf.setBackend('wasm')
      const network = await openSmallGraph(graph)
      tf.tidy(() => {
        const x = twoImages(3)
        const score = (v: tf.Tensor) => {
          const [row] = network.run(v as tf.Tensor4D, [LOGITS], { differentiable: true })
          return tf.sum(tf.mul(row!, tf.tensor2d(values(row!.size, 8), row!.shape as [number, number]))) as tf.Scalar
        }
        const gradient = tf.grad(score)(x)
        const step = 3e-3
        const differences: number[] = []
        const slopes: number[] = []
        for (const seed of [1, 2, 3]) {
          const direction = tf.mul(tf.reshape(tf.tensor1d(values(x.size, 20 + seed)), x.shape), step)
          const [up, down] = [score(tf.add(x, direction)), score(tf.sub(x, direction))]
          differences.push((up.dataSync()[0]! - down.dataSync()[0]!) / 2)
          slopes.push(tf.sum(tf.mul(gradient, direction)).dataSync()[0]!)
        }
        const size = Math.max(...differences.map(Math.abs))
        expect(largestDifference(slopes, differences) / size).toBeLessThan(2e-2)
      })
      network.dispose()
    })
})
