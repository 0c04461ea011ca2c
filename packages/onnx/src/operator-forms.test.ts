import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { createProgramNetwork, LOGITS, type Program } from '@vatun/core/layers'
import { registerWasmKernels } from '@vatun/core/wasm-kernels'
import { afterEach, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { largestDifference } from './golden.test.data.js'
import { type GraphOptions, readGraph } from './graph.js'
import { initializer, model, node, values } from './graph-builder.test.data.js'
import type { ModelProto, NodeProto, TensorProto } from './proto.js'

afterEach(() => expect(tf.memory().numTensors).toBe(0))

const SIZE = [4, 5, 6] as const
const PIXELS = 2 * 4 * 5 * 6
const ints = (name: string, list: number[]) => initializer(name, [list.length], list, 7)
const scalar = (name: string, value: number) => initializer(name, [], [value])

interface Case {
  readonly nodes: NodeProto[]
  readonly initializers?: TensorProto[]
  readonly opset: number
}

/** What a graph gives for two images, as a row in the file's order, on a backend. */
async function run({ nodes, initializers = [], opset }: Case, backend: string, differentiable: boolean) {
  await tf.setBackend(backend)
  const all = [...nodes, node('Flatten', ['y'], 'row')]
  const network = await createProgramNetwork(
    compile(readGraph(model(['n', ...SIZE], all, initializers, ['row'], opset))),
  )
  const row = tf.tidy(() => {
    const x = tf.transpose(tf.tensor4d(values(PIXELS, 1), [2, ...SIZE]), [0, 2, 3, 1])
    return network.run(x, [LOGITS], { differentiable })[0]!.dataSync<'float32'>().slice()
  })
  network.dispose()
  return row
}

/** A layer in front, for a network needs one. */
const first = node('MaxPool', ['x'], 'p', { kernel_shape: [1, 1] })

/** Forms of the same operation in different operator sets: all have to give the same. */
const FORMS: Readonly<Record<string, readonly Case[]>> = {
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

describe('gradients', () => {
  const weights = initializer('w', [6, 2, 3, 3], values(108, 2))
  const GRAPHS: Readonly<Record<string, Case>> = {
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
  for (const [name, { nodes, initializers = [], opset }] of Object.entries(GRAPHS))
    it(`agree with finite differences: ${name}`, async () => {
      registerWasmKernels()
      await tf.setBackend('wasm')
      const all = [...nodes, node('Flatten', ['y'], 'row')]
      const network = await createProgramNetwork(
        compile(readGraph(model(['n', ...SIZE], all, initializers, ['row'], opset))),
      )
      tf.tidy(() => {
        const x = tf.transpose(tf.tensor4d(values(PIXELS, 3), [2, ...SIZE]), [0, 2, 3, 1]) as tf.Tensor4D
        const score = (v: tf.Tensor) => {
          const [row] = network.run(v as tf.Tensor4D, [LOGITS], { differentiable: true })
          return tf.sum(tf.mul(row!, tf.tensor2d(values(row!.size, 8), row!.shape as [number, number]))) as tf.Scalar
        }
        const gradient = tf.grad(score)(x)
        const step = 3e-3
        const differences: number[] = []
        const slopes: number[] = []
        for (const seed of [1, 2, 3]) {
          const direction = tf.mul(tf.reshape(tf.tensor1d(values(PIXELS, 20 + seed)), x.shape), step)
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

describe('inspection', () => {
  const compiled = <T>(proto: ModelProto, options: GraphOptions, look: (program: Program) => T): T => {
    const program = compile(readGraph(proto, options))
    try {
      return look(program)
    } finally {
      program.dispose()
    }
  }
  const scores = initializer('w', [4, 3], values(12, 1))
  const head = [
    node('GlobalAveragePool', ['x'], 'p'),
    node('Flatten', ['p'], 'f'),
    node('MatMul', ['f', 'w'], 'scores'),
  ]

  it('takes the first output that is a row of scores, or the one that is asked for', () => {
    const proto = model(
      ['n', ...SIZE],
      [...head, node('Relu', ['x'], 'map'), node('Tanh', ['scores'], 'second')],
      [scores],
      ['map', 'scores', 'second'],
    )
    compiled(proto, {}, ({ output }) => expect(output).toBe('scores'))
    compiled(proto, { outputName: 'second' }, ({ output }) => expect(output).toBe('second'))
    expect(() => readGraph(proto, { outputName: 'third' })).toThrow(/no output "third", expected one of map, scores/)
    expect(() => compile(readGraph(proto, { outputName: 'map' }))).toThrow(
      /"map" \[n, 4, 5, 6\], expected \[n, classes\]/,
    )
  })

  it('asks for the size that a file leaves open, and checks it', () => {
    const proto = model(['n', 4, 'height', 'width'], head, [scores], ['scores'])
    expect(() => readGraph(proto)).toThrow(/leaves the size of images open, which size should they have\?/)
    const input = { height: 9, width: 7, channels: 4 }
    compiled(proto, { input }, (program) => expect(program.input).toEqual({ value: 'x', ...input }))
    expect(() => readGraph(proto, { input: { ...input, channels: 3 } })).toThrow(/do not fit/)
  })

  it('refuses several inputs by name', () => {
    const proto = model(['n', ...SIZE], head, [scores], ['scores'])
    proto.graph!.input.push({ name: 'mask', type: undefined })
    expect(() => readGraph(proto)).toThrow(/2 inputs, expected one image input \(found x, mask\)/)
  })

  it('takes a batch size that is baked into shapes for any', async () => {
    await tf.setBackend('wasm')
    const nodes = [node('MaxPool', ['x'], 'p', { kernel_shape: [1, 1] }), node('Reshape', ['p', 's'], 'scores')]
    for (const [batch, shape] of [
      [1, [1, 120]],
      [1, [1, -1]],
      [2, [2, 120]],
      [2, [-1, 120]],
    ] as const) {
      const proto = model([batch, ...SIZE], nodes, [ints('s', [...shape])], ['scores'])
      const network = await createProgramNetwork(compile(readGraph(proto)))
      tf.tidy(() => {
        const [row] = network.run(tf.zeros([3, 5, 6, 4]), [LOGITS], { differentiable: false })
        expect(row!.shape).toEqual([3, 120])
      })
      network.dispose()
    }
  })

  it('lets layers stand for their output after exported activation functions', () => {
    const nodes = [
      node('Conv', ['x', 'k'], 'conv'),
      node('Sigmoid', ['conv'], 's'),
      node('Mul', ['conv', 's'], 'silu'),
      node('GlobalAveragePool', ['silu'], 'p'),
      node('Flatten', ['p'], 'scores'),
    ]
    const proto = model(['n', ...SIZE], nodes, [initializer('k', [3, 4, 1, 1], values(12, 1))], ['scores'])
    compiled(proto, {}, ({ steps }) => expect(steps.flatMap((step) => step.layer?.name ?? [])).toEqual(['conv', 'p']))
  })

  it('moves no data for layouts in a network of convolutions', async () => {
    await tf.setBackend('wasm')
    const block = (i: number, input: string) => [
      node('Conv', [input, 'k'], `c${i}`),
      node('Transpose', [`c${i}`], `t${i}`, { perm: [0, 2, 3, 1] }),
      node('LayerNormalization', [`t${i}`, 's'], `l${i}`),
      node('MatMul', [`l${i}`, 'm'], `m${i}`),
      node('Transpose', [`m${i}`], `u${i}`, { perm: [0, 3, 1, 2] }),
      node('Add', [`u${i}`, input], `y${i}`),
    ]
    const nodes = [
      ...block(1, 'x'),
      ...block(2, 'y1'),
      node('GlobalAveragePool', ['y2'], 'p'),
      node('Flatten', ['p'], 'scores'),
    ]
    const constants = [
      initializer('k', [4, 4, 1, 1], values(16, 1)),
      initializer('s', [4], values(4, 2)),
      initializer('m', [4, 4], values(16, 3)),
    ]
    const network = await createProgramNetwork(
      compile(readGraph(model(['n', ...SIZE], nodes, constants, ['scores'], 17))),
    )
    const x = tf.zeros<tf.Rank.R4>([2, 5, 6, 4])
    const { kernelNames } = await tf.profile(() => tf.dispose(network.run(x, [LOGITS], { differentiable: false })))
    expect(kernelNames).toContain('FusedConv2D')
    expect(kernelNames).not.toContain('Transpose')
    x.dispose()
    network.dispose()
  })
})
