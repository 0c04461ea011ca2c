import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { LOGITS } from '@vatun/core/layers'
import { afterEach, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { initializer, ints, node, scalar } from './graph-builder.test.data.js'
import { openSmallGraph, type SmallGraph, twoImages } from './small-graph.test.data.js'

afterEach(() => expect(tf.memory().numTensors).toBe(0))

/** What a graph gives for two images, as a row in the file's order, on a backend. */
async function run(graph: SmallGraph, backend: string, differentiable: boolean) {
  await tf.setBackend(backend)
  const network = await openSmallGraph(graph)
  const row = tf.tidy(() => network.run(twoImages(1), [LOGITS], { differentiable })[0]!.dataSync<'float32'>().slice())
  network.dispose()
  return row
}

/** A layer in front, for a network needs one. */
const first = node('MaxPool', ['x'], 'p', { kernel_shape: [1, 1] })

/** Forms of the same operation in different operator sets: all have to give the same. */
const FORMS: Readonly<Record<string, readonly SmallGraph[]>> = {
  'Clip: attributes, operands': [
    { opset: 7, nodes: [first, node('Clip', ['p'], 'y', { min: { float: -0.2 }, max: { float: 0.3 } })] },
    {
      opset: 13,
      nodes: [first, node('Clip', ['p', 'a', 'b'], 'y')],
      initializers: [scalar('a', -0.2), scalar('b', 0.3)],
    },
    {
      opset: 12,
      nodes: [first, node('Clip', ['p', 'a'], 'c'), node('Clip', ['c', '', 'b'], 'y')],
      initializers: [scalar('a', -0.2), scalar('b', 0.3)],
    },
    {
      opset: 13,
      nodes: [first, node('Max', ['p', 'a'], 'm'), node('Min', ['b', 'm'], 'y')],
      initializers: [scalar('a', -0.2), scalar('b', 0.3)],
    },
  ],
  'Pad: attributes, operands, axes': [
    { opset: 7, nodes: [first, node('Pad', ['p'], 'y', { pads: [0, 0, 1, 2, 0, 0, 0, 1], value: { float: 0.5 } })] },
    {
      opset: 11,
      nodes: [first, node('Pad', ['p', 's', 'v'], 'y')],
      initializers: [ints('s', [0, 0, 1, 2, 0, 0, 0, 1]), scalar('v', 0.5)],
    },
    {
      opset: 18,
      nodes: [first, node('Pad', ['p', 's', 'v', 'a'], 'y')],
      initializers: [ints('s', [2, 1, 1, 0]), scalar('v', 0.5), ints('a', [-1, 2])],
    },
  ],
  'Slice: attributes, operands': [
    { opset: 9, nodes: [first, node('Slice', ['p'], 'y', { starts: [1, 0], ends: [4, -1], axes: [2, 3] })] },
    {
      opset: 10,
      nodes: [first, node('Slice', ['p', 's', 'e', 'a'], 'y')],
      initializers: [ints('s', [0, -4]), ints('e', [5, 4]), ints('a', [3, -2])],
    },
    {
      opset: 13,
      nodes: [first, node('Slice', ['p', 's', 'e'], 'y')],
      initializers: [ints('s', [0, 0, 1, 0]), ints('e', [2 ** 31, 2 ** 31, 4, -1])],
    },
  ],
  'Split: attribute, operand, number of outputs': [
    { opset: 7, nodes: [first, node('Split', ['p'], ['a', 'y'], { axis: 1, split: [2, 2] })] },
    { opset: 11, nodes: [first, node('Split', ['p'], ['a', 'y'], { axis: 1 })] },
    {
      opset: 13,
      nodes: [first, node('Split', ['p', 's'], ['a', 'y'], { axis: -3 })],
      initializers: [ints('s', [2, 2])],
    },
    { opset: 18, nodes: [first, node('Split', ['p'], ['', 'y'], { axis: 1, num_outputs: 2 })] },
  ],
  'Squeeze and Unsqueeze: attributes, operands': [
    {
      opset: 11,
      nodes: [
        node('GlobalAveragePool', ['x'], 'p'),
        node('Squeeze', ['p'], 's', { axes: [2, 3] }),
        node('Unsqueeze', ['s'], 'u', { axes: [2, 3] }),
        node('Mul', ['x', 'u'], 'y'),
      ],
    },
    {
      opset: 13,
      nodes: [
        node('ReduceMean', ['x'], 's', { axes: [3, 2], keepdims: 0 }),
        node('Unsqueeze', ['s', 'a'], 'u'),
        node('Mul', ['u', 'x'], 'y'),
      ],
      initializers: [ints('a', [-2, -1])],
    },
    {
      opset: 18,
      nodes: [node('ReduceMean', ['x', 'a'], 'u'), node('Expand', ['u', 's'], 'e'), node('Mul', ['x', 'e'], 'y')],
      initializers: [ints('a', [2, 3]), ints('s', [4, 5, 6])],
    },
  ],
  'Resize: nearest by a whole factor': [
    { opset: 7, nodes: [first, node('Upsample', ['p'], 'y', { scales: { floats: [1, 1, 2, 3] }, mode: 'nearest' })] },
    {
      opset: 9,
      nodes: [first, node('Upsample', ['p', 's'], 'y')],
      initializers: [initializer('s', [4], [1, 1, 2, 3])],
    },
    { opset: 10, nodes: [first, node('Resize', ['p', 's'], 'y')], initializers: [initializer('s', [4], [1, 1, 2, 3])] },
    {
      opset: 11,
      nodes: [
        first,
        node('Resize', ['p', '', 's'], 'y', { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }),
      ],
      initializers: [initializer('s', [4], [1, 1, 2, 3])],
    },
    { opset: 13, nodes: [first, node('Resize', ['p', '', '', 's'], 'y')], initializers: [ints('s', [1, 4, 10, 18])] },
    {
      opset: 18,
      nodes: [first, node('Resize', ['p', '', '', 's'], 'y', { axes: [2, 3] })],
      initializers: [ints('s', [10, 18])],
    },
  ],
  'Softmax over channels': [
    { opset: 13, nodes: [first, node('Softmax', ['p'], 'y', { axis: 1 })] },
    {
      opset: 7,
      nodes: [
        first,
        node('Transpose', ['p'], 't', { perm: [0, 2, 3, 1] }),
        node('Softmax', ['t'], 's', { axis: 3 }),
        node('Transpose', ['s'], 'y', { perm: [0, 3, 1, 2] }),
      ],
    },
    { opset: 13, nodes: [first, node('LogSoftmax', ['p'], 'l', { axis: -3 }), node('Exp', ['l'], 'y')] },
  ],
  'Gelu: operator, exported sub-graphs': [
    { opset: 20, nodes: [first, node('Gelu', ['p'], 'y')] },
    {
      opset: 9,
      nodes: [
        first,
        node('Div', ['p', 'r'], 'd'),
        node('Erf', ['d'], 'e'),
        node('Add', ['e', 'one'], 'a'),
        node('Mul', ['p', 'a'], 'm'),
        node('Mul', ['m', 'half'], 'y'),
      ],
      initializers: [scalar('r', Math.SQRT2), scalar('one', 1), scalar('half', 0.5)],
    },
    {
      opset: 9,
      nodes: [
        first,
        node('Mul', ['p', 'r'], 'd'),
        node('Erf', ['d'], 'e'),
        node('Add', ['one', 'e'], 'a'),
        node('Mul', ['half', 'p'], 'm'),
        node('Mul', ['m', 'a'], 'y'),
      ],
      initializers: [scalar('r', Math.SQRT1_2), scalar('one', 1), scalar('half', 0.5)],
    },
  ],
  'Mish, HardSwish: operators, exported sub-graphs': [
    { opset: 18, nodes: [first, node('Mish', ['p'], 'm'), node('HardSwish', ['m'], 'y')] },
    {
      opset: 11,
      nodes: [
        first,
        node('Softplus', ['p'], 's'),
        node('Tanh', ['s'], 't'),
        node('Mul', ['p', 't'], 'm'),
        node('HardSigmoid', ['m'], 'h', { alpha: { float: 1 / 6 } }),
        node('Mul', ['m', 'h'], 'y'),
      ],
    },
    {
      opset: 11,
      nodes: [
        first,
        node('Mish', ['p'], 'm'),
        node('Add', ['m', 'three'], 'a'),
        node('Clip', ['a', 'zero', 'six'], 'c'),
        node('Mul', ['m', 'c'], 'q'),
        node('Div', ['q', 'six'], 'y'),
      ],
      initializers: [scalar('zero', 0), scalar('three', 3), scalar('six', 6)],
    },
  ],
  'Swish: exported sub-graphs': [
    { opset: 9, nodes: [first, node('Sigmoid', ['p'], 's'), node('Mul', ['p', 's'], 'y')] },
    { opset: 9, nodes: [first, node('Sigmoid', ['p'], 's'), node('Mul', ['s', 'p'], 'y')] },
    // Not the pattern: the gate is used twice.
    {
      opset: 9,
      nodes: [
        first,
        node('Sigmoid', ['p'], 's'),
        node('Mul', ['s', 'p'], 'm'),
        node('Sub', ['m', 's'], 'd'),
        node('Add', ['d', 's'], 'y'),
      ],
    },
  ],
  'GroupNormalization: operator by channel and by group, exported sub-graph': [
    {
      opset: 21,
      nodes: [first, node('GroupNormalization', ['p', 's', 'b'], 'y', { num_groups: 2 })],
      initializers: [initializer('s', [4], [2, 2, 3, 3]), initializer('b', [4], [0.1, 0.1, -0.2, -0.2])],
    },
    {
      opset: 18,
      nodes: [first, node('GroupNormalization', ['p', 's', 'b'], 'y', { num_groups: 2 })],
      initializers: [initializer('s', [2], [2, 3]), initializer('b', [2], [0.1, -0.2])],
    },
    {
      opset: 12,
      nodes: [
        first,
        node('Reshape', ['p', 'g'], 'r'),
        node('InstanceNormalization', ['r', 'one', 'zero'], 'i'),
        node('Shape', ['p'], 'size'),
        node('Reshape', ['i', 'size'], 'back'),
        node('Mul', ['back', 's'], 'm'),
        node('Add', ['m', 'b'], 'y'),
      ],
      initializers: [
        ints('g', [0, 2, -1]),
        initializer('one', [2], [1, 1]),
        initializer('zero', [2], [0, 0]),
        initializer('s', [4, 1, 1], [2, 2, 3, 3]),
        initializer('b', [4, 1, 1], [0.1, 0.1, -0.2, -0.2]),
      ],
    },
  ],
  'LayerNormalization over channels: operator, exported sub-graph': [
    {
      opset: 17,
      nodes: [
        first,
        node('Transpose', ['p'], 't', { perm: [0, 2, 3, 1] }),
        node('LayerNormalization', ['t', 's', 'b'], 'l', { epsilon: { float: 1e-3 } }),
        node('Transpose', ['l'], 'y', { perm: [0, 3, 1, 2] }),
      ],
      initializers: [initializer('s', [4], [1, 2, 3, 4]), initializer('b', [4], [0.1, 0.2, 0.3, 0.4])],
    },
    {
      opset: 9,
      nodes: [
        first,
        node('Transpose', ['p'], 't', { perm: [0, 2, 3, 1] }),
        node('ReduceMean', ['t'], 'm', { axes: [-1] }),
        node('Sub', ['t', 'm'], 'd'),
        node('Pow', ['d', 'two'], 'q'),
        node('ReduceMean', ['q'], 'v', { axes: [-1] }),
        node('Add', ['v', 'eps'], 'a'),
        node('Sqrt', ['a'], 'r'),
        node('Div', ['d', 'r'], 'n'),
        node('Mul', ['n', 's'], 'sc'),
        node('Add', ['sc', 'b'], 'l'),
        node('Transpose', ['l'], 'y', { perm: [0, 3, 1, 2] }),
      ],
      initializers: [
        scalar('two', 2),
        scalar('eps', 1e-3),
        initializer('s', [4], [1, 2, 3, 4]),
        initializer('b', [4], [0.1, 0.2, 0.3, 0.4]),
      ],
    },
  ],
  'channel shuffle by Reshape and Transpose, by Gather': [
    {
      opset: 13,
      nodes: [
        first,
        node('Reshape', ['p', 'a'], 'r'),
        node('Transpose', ['r'], 't', { perm: [0, 2, 1, 3, 4] }),
        node('Reshape', ['t', 'b'], 'y'),
      ],
      initializers: [ints('a', [-1, 2, 2, 5, 6]), ints('b', [-1, 4, 5, 6])],
    },
    {
      opset: 13,
      nodes: [first, node('Gather', ['p', 'i'], 'y', { axis: 1 })],
      initializers: [ints('i', [0, 2, 1, 3])],
    },
  ],
  'weights by dequantisation': [
    {
      opset: 13,
      nodes: [node('Conv', ['x', 'w'], 'y')],
      initializers: [initializer('w', [2, 4, 1, 1], [0.5, -1, 1.5, 0, 2, 4, -6, 8])],
    },
    {
      opset: 13,
      nodes: [node('DequantizeLinear', ['q', 's', 'z'], 'w', { axis: 0 }), node('Conv', ['x', 'w'], 'y')],
      initializers: [
        { ...initializer('q', [2, 4, 1, 1], [], 3), int32Data: [2, -1, 4, 1, 1, 2, -3, 4] },
        initializer('s', [2], [0.5, 2]),
        { ...initializer('z', [2], [], 3), int32Data: [1, 0] },
      ],
    },
  ],
}

describe.each(['wasm', 'cpu'])('forms that mean the same give the same on %s', (backend) => {
  for (const [name, cases] of Object.entries(FORMS))
    it(name, async () => {
      const rows: Float32Array[] = []
      for (const form of cases)
        for (const differentiable of [false, true]) rows.push(await run(form, backend, differentiable))
      const [reference, ...others] = rows
      for (const row of others) expect(largestDifference(row, reference!)).toBeLessThan(2e-6)
    })
})
