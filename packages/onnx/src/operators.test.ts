import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { createProgramNetwork, LOGITS, type TfjsNetwork } from '@vatun/core/layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { largestDifference } from './golden.test.data.js'
import { readGraph } from './graph.js'
import { type AttributeValue, initializer, model, node, values } from './graph-builder.test.data.js'
import type { NodeProto, TensorProto } from './proto.js'

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

type Size = [channels: number, height: number, width: number]

async function open(size: Size, nodes: NodeProto[], initializers: TensorProto[], output: string): Promise<TfjsNetwork> {
  return createProgramNetwork(compile(readGraph(model(['n', ...size], nodes, initializers, [output]))))
}

/**
 * Runs one node on an image of the given size, followed by a Flatten (so that a row comes out, in the file's order), fused and
 * differentiable; both have to agree. Returns the row of the second of two images.
 */
async function run(size: Size, nodes: NodeProto[], initializers: TensorProto[] = []): Promise<Float32Array> {
  const last = nodes.at(-1)!.output[0]!
  const identity = nodes.some((n) =>
    ['Conv', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'Gemm', 'MatMul'].includes(n.opType!),
  )
  const first = identity ? [] : [node('MaxPool', ['x'], 'pooled', { kernel_shape: [1, 1] })]
  const renamed = identity ? nodes : nodes.map((n) => ({ ...n, input: n.input.map((i) => (i === 'x' ? 'pooled' : i)) }))
  const network = await open(size, [...first, ...renamed, node('Flatten', [last], 'row')], initializers, 'row')
  const [plain, differentiable] = tf.tidy(() => {
    const nchw = tf.tensor4d([...image(size, 9), ...image(size, 1)], [2, ...size])
    const x = tf.transpose(nchw, [0, 2, 3, 1])
    return [false, true].map((differentiable) => {
      const [row] = network.run(x, [LOGITS], { differentiable })
      return tf.slice(row!, [1, 0]).dataSync<'float32'>().slice()
    })
  })
  network.dispose()
  expect(largestDifference(plain!, differentiable!)).toBeLessThan(1e-6)
  return plain!
}

const image = ([c, h, w]: Size, seed: number): number[] => values(c * h * w, seed)

/** The definition of a convolution, in the file's order. */
function convolve(
  x: number[],
  [c, h, w]: Size,
  filters: number[],
  [out, kh, kw]: [number, number, number],
  { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], bias = [] as number[] },
): number[] {
  const [top, left, bottom, right] = pads as [number, number, number, number]
  const rows = Math.floor((h + top + bottom - (kh - 1) * dilations[0]! - 1) / strides[0]!) + 1
  const columns = Math.floor((w + left + right - (kw - 1) * dilations[1]! - 1) / strides[1]!) + 1
  const result: number[] = []
  for (let o = 0; o < out; o++)
    for (let r = 0; r < rows; r++)
      for (let q = 0; q < columns; q++) {
        let sum = bias[o] ?? 0
        for (let i = 0; i < c; i++)
          for (let u = 0; u < kh; u++)
            for (let v = 0; v < kw; v++) {
              const y = r * strides[0]! + u * dilations[0]! - top
              const z = q * strides[1]! + v * dilations[1]! - left
              if (y < 0 || y >= h || z < 0 || z >= w) continue
              sum += x[(i * h + y) * w + z]! * filters[((o * c + i) * kh + u) * kw + v]!
            }
        result.push(sum)
      }
  return result
}

describe('Conv', () => {
  const size: Size = [2, 7, 6]
  const filters = values(3 * 2 * 3 * 2, 5)
  const weights = initializer('w', [3, 2, 3, 2], filters)
  const cases = {
    'without attributes': {},
    'with strides': { strides: [2, 3] },
    'with padding': { pads: [1, 0, 1, 1] },
    'with uneven padding and strides': { pads: [2, 1, 0, 1], strides: [2, 1] },
    'with dilations': { dilations: [2, 1], pads: [1, 1, 1, 0] },
  }
  for (const [name, attributes] of Object.entries(cases))
    it(`agrees with its definition ${name}`, async () => {
      const bias = [0.5, -0.25, 0.125]
      const found = await run(
        size,
        [node('Conv', ['x', 'w', 'b'], 'y', attributes)],
        [weights, initializer('b', [3], bias)],
      )
      expect(
        largestDifference(found, convolve(image(size, 1), size, filters, [3, 3, 2], { ...attributes, bias })),
      ).toBeLessThan(1e-6)
    })

  it('pads the end more for SAME_UPPER', async () => {
    const attributes = { auto_pad: 'SAME_UPPER', strides: [2, 2] }
    const found = await run(size, [node('Conv', ['x', 'w'], 'y', attributes)], [weights])
    const expected = convolve(image(size, 1), size, filters, [3, 3, 2], { pads: [1, 0, 1, 0], strides: [2, 2] })
    expect(largestDifference(found, expected)).toBeLessThan(1e-6)
  })

  it('refuses what it does not do', async () => {
    const attempt = (attributes: Record<string, AttributeValue>) =>
      run(size, [node('Conv', ['x', 'w'], 'y', attributes)], [weights])
    await expect(attempt({ group: 2 })).rejects.toThrow(/Conv "y": 2 groups of 2 channels and 3 filters do not fit/)
    await expect(attempt({ auto_pad: 'SAME' })).rejects.toThrow(/SAME/)
    await expect(attempt({ pads: [-3, 0, -3, 0] })).rejects.toThrow(/does not fit into/)
    await expect(attempt({ strides: [0, 1] })).rejects.toThrow(/strides are \[0, 1\]/)
    await expect(attempt({ kernel_shape: [2, 2] })).rejects.toThrow(/disagrees/)
  })
})

describe('pools', () => {
  const size: Size = [2, 4, 6]
  const means = (channel: number): number => {
    const part = image(size, 1).slice(channel * 24, channel * 24 + 24)
    return part.reduce((a, b) => a + b) / 24
  }

  it('take maximum and average', async () => {
    const x = image(size, 1)
    const windows = [0, 1].flatMap((c) =>
      [0, 1].flatMap((r) => [0, 1, 2].map((q) => [0, 1, 6, 7].map((offset) => x[c * 24 + r * 12 + q * 2 + offset]!))),
    )
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] }
    const largest = windows.map((w) => Math.max(...w))
    expect(largestDifference(await run(size, [node('MaxPool', ['x'], 'y', attributes)]), largest)).toBeLessThan(1e-6)
    const average = windows.map((w) => w.reduce((a, b) => a + b) / 4)
    expect(largestDifference(await run(size, [node('AveragePool', ['x'], 'y', attributes)]), average)).toBeLessThan(
      1e-6,
    )
  })

  it('take the mean over maps in every form that exporters write', async () => {
    const expected = [means(0), means(1)]
    const axes = initializer('axes', [2], [-2, -1], 7)
    for (const form of [
      node('GlobalAveragePool', ['x'], 'y'),
      node('ReduceMean', ['x'], 'y', { axes: [2, 3], keepdims: 0 }),
      node('ReduceMean', ['x'], 'y', { axes: [2, 3] }),
      node('ReduceMean', ['x', 'axes'], 'y', { keepdims: 0 }),
    ])
      expect(largestDifference(await run(size, [form], [axes]), expected)).toBeLessThan(1e-6)
  })

  it('take the mean over channels', async () => {
    const x = image(size, 1)
    const expected = Array.from({ length: 24 }, (_, p) => (x[p]! + x[24 + p]!) / 2)
    for (const keepdims of [0, 1]) {
      const found = await run(size, [node('ReduceMean', ['x'], 'y', { axes: [1], keepdims })])
      expect(largestDifference(found, expected)).toBeLessThan(1e-6)
    }
  })
})

describe('arithmetic', () => {
  const size: Size = [2, 2, 3]
  const x = image(size, 1)

  it('broadcasts constants as the file means them', async () => {
    const perChannel = initializer('c', [2, 1, 1], [3, 5])
    const perColumn = initializer('c', [3], [3, 5, 7])
    const channel = (i: number) => [3, 5][Math.floor(i / 6)]!
    const column = (i: number) => [3, 5, 7][i % 3]!
    const of = (op: string, constant: TensorProto, inputs = ['x', 'c']) =>
      run(size, [node(op, inputs, 'y')], [constant])
    expect(
      largestDifference(
        await of('Mul', perChannel),
        x.map((v, i) => v * channel(i)),
      ),
    ).toBeLessThan(1e-6)
    expect(
      largestDifference(
        await of('Add', perColumn),
        x.map((v, i) => v + column(i)),
      ),
    ).toBeLessThan(1e-6)
    expect(
      largestDifference(
        await of('Sub', perColumn, ['c', 'x']),
        x.map((v, i) => column(i) - v),
      ),
    ).toBeLessThan(1e-6)
    expect(
      largestDifference(
        await of('Div', perChannel),
        x.map((v, i) => v / channel(i)),
      ),
    ).toBeLessThan(1e-6)
  })

  it('normalises by the statistics of training', async () => {
    const parameters = { scale: [2, 3], bias: [0.5, -1], mean: [0.1, -0.2], variance: [0.25, 4] }
    const constants = Object.entries(parameters).map(([name, data]) => initializer(name, [2], data))
    const found = await run(
      size,
      [node('BatchNormalization', ['x', ...Object.keys(parameters)], 'y', { epsilon: { float: 0.01 } })],
      constants,
    )
    const expected = x.map((v, i) => {
      const c = Math.floor(i / 6)
      const { scale, bias, mean, variance } = parameters
      return ((v - mean[c]!) / Math.sqrt(variance[c]! + 0.01)) * scale[c]! + bias[c]!
    })
    expect(largestDifference(found, expected)).toBeLessThan(1e-6)
  })

  it('applies activation functions', async () => {
    const functions = {
      Relu: (v: number) => Math.max(v, 0),
      Sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
      Tanh: Math.tanh,
      Identity: (v: number) => v,
      Dropout: (v: number) => v,
    }
    for (const [name, apply] of Object.entries(functions))
      expect(largestDifference(await run(size, [node(name, ['x'], 'y')]), x.map(apply)), name).toBeLessThan(1e-6)
  })
})

describe('dense layers', () => {
  const size: Size = [2, 2, 3]
  const x = image(size, 1)
  const matrix = values(12 * 4, 3)
  const product = (scale = 1, bias = [0, 0, 0, 0]): number[] =>
    bias.map((b, unit) => scale * x.reduce((sum, v, i) => sum + v * matrix[i * 4 + unit]!, 0) + b)

  it('multiply what Flatten or Reshape makes of a map', async () => {
    const weight = initializer('w', [12, 4], matrix)
    const shape = initializer('shape', [2], [-1, 12], 7)
    for (const flat of [node('Flatten', ['x'], 'f'), node('Reshape', ['x', 'shape'], 'f')])
      expect(
        largestDifference(await run(size, [flat, node('MatMul', ['f', 'w'], 'y')], [weight, shape]), product()),
      ).toBeLessThan(1e-6)
  })

  it('scale, transpose and add', async () => {
    const transposed = initializer(
      'w',
      [4, 12],
      Array.from({ length: 48 }, (_, i) => matrix[(i % 12) * 4 + Math.floor(i / 12)]!),
    )
    const bias = initializer('b', [1, 4], [1, 2, 3, 4])
    const attributes = { transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } }
    const found = await run(
      size,
      [node('Flatten', ['x'], 'f'), node('Gemm', ['f', 'w', 'b'], 'y', attributes)],
      [transposed, bias],
    )
    expect(largestDifference(found, product(0.5, [2, 4, 6, 8]))).toBeLessThan(1e-6)
  })
})

describe('the whole graph', () => {
  const size: Size = [1, 3, 3]
  const weights = [
    initializer('w', [2, 1, 2, 2], values(8, 2)),
    initializer('m', [8, 3], values(24, 4)),
    initializer('c', [3], [0.1, 0.2, 0.3]),
  ]

  it('lets a layer stand for its output after normalisation, bias and activation, unless another node looks inside', async () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'conv'),
      node('Tanh', ['conv'], 'tanh'),
      node('Flatten', ['tanh'], 'flat'),
      node('MatMul', ['flat', 'm'], 'dense'),
      node('Add', ['dense', 'c'], 'biased'),
      node('Relu', ['biased'], 'branch'),
      node('Sub', ['biased', 'branch'], 'negative'),
    ]
    const network = await open(size, nodes, weights, 'negative')
    expect(network.layers.map((l) => l.name)).toEqual(['conv', 'dense', 'negative'])
    tf.tidy(() => {
      const x = tf.tensor4d(values(9, 1), [1, 3, 3, 1])
      const [conv, dense, logits] = network.run(x, ['conv', 'dense', LOGITS], { differentiable: false })
      expect(Math.max(...conv!.dataSync().map(Math.abs))).toBeLessThan(1)
      expect(largestDifference(tf.minimum(dense!, 0).dataSync(), logits!.dataSync())).toBeLessThan(1e-6)
    })
    tf.tidy(() => {
      const seen: tf.Tensor[] = []
      const reduce = (output: tf.Tensor, fetch: number) => {
        if (fetch === 2) expect(seen.map(({ isDisposed }) => isDisposed)).toEqual([true])
        seen.push(output)
        return tf.max(output)
      }
      const fetches = ['conv', LOGITS, 'dense'] as const
      const [most, logits] = network.run(tf.ones([2, 3, 3, 1]), fetches, { differentiable: false, reduce })
      expect([most!.shape, logits!.shape]).toEqual([[], [2, 3]])
      expect(seen).toHaveLength(2)
    })
    network.dispose()
  })

  it('takes the logits before a final softmax', async () => {
    const nodes = [
      node('Conv', ['x', 'w'], 'conv'),
      node('Flatten', ['conv'], 'flat'),
      node('MatMul', ['flat', 'm'], 'dense'),
      node('Softmax', ['dense'], 'p', { axis: 1 }),
    ]
    const network = await open(size, nodes, weights, 'p')
    expect(network).toMatchObject({ output: 'softmax', classes: 3, penultimate: 'conv' })
    tf.tidy(() => {
      const [dense, logits] = network.run(tf.ones([1, 3, 3, 1]), ['dense', LOGITS], { differentiable: true })
      expect(largestDifference(logits!.dataSync(), tf.logSoftmax(dense!).dataSync())).toBeLessThan(1e-6)
    })
    network.dispose()
  })

  it('sorts nodes, folds constants and drops what the output does not need', async () => {
    const nodes = [
      node('MatMul', ['flat', 'm'], 'dense'),
      node('Selu', ['conv'], 'unused'),
      node('Flatten', ['conv'], 'flat'),
      node('Conv', ['x', 'wide'], 'conv'),
      node('Cast', ['w'], 'wide', { to: 1 }),
    ]
    const network = await open(size, nodes, weights, 'dense')
    expect(network.layers.map((l) => l.name)).toEqual(['conv', 'dense'])
    network.dispose()
  })
})
