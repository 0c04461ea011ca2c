import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildGraph, executeOutput } from './build-graph.js'
import type { Constant } from './constant.js'
import { readNodes } from './graph.js'
import { type NodeTest, readNodeTests } from './node-tests.test.data.js'
import { fileOrder, reorder } from './order.js'
import { createWeightStore } from './weight-store.js'

/** Variants that are refused, and why. */
const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  'only two-dimensional windows: images have a height and a width': [
    'averagepool_1d_default',
    'maxpool_1d_default',
    'convtranspose_1d',
    'convtranspose_3d',
  ],
  'training mode': [
    'batchnorm_epsilon_training_mode',
    'batchnorm_example_training_mode',
    'training_dropout',
    'training_dropout_default',
    'training_dropout_zero_ratio',
    'training_dropout_default_mask',
    'training_dropout_mask',
    'training_dropout_zero_ratio_mask',
  ],
  'outputs that are no feature maps: masks and indices': [
    'dropout_default_mask',
    'dropout_default_mask_ratio',
    'maxpool_with_argmax_2d_precomputed_pads',
    'maxpool_with_argmax_2d_precomputed_strides',
  ],
  'texts, bfloat16, sequences': [
    'cast_FLOAT_to_BFLOAT16',
    'cast_FLOAT_to_STRING',
    'cast_STRING_to_FLOAT',
    'castlike_FLOAT_to_BFLOAT16_expanded',
    'castlike_FLOAT_to_STRING_expanded',
    'castlike_STRING_to_FLOAT_expanded',
    'identity_opt',
    'identity_sequence',
  ],
  'values of integers that are not evaluated at load': [
    'clip_default_int8_inbounds',
    'clip_default_int8_max',
    'clip_default_int8_min',
    'pow_types_float',
    'pow_types_int32_float32',
    'pow_types_int64_float32',
  ],
}

const refused = new Set(Object.values(UNSUPPORTED).flat())

/** Tests whose images are of integers, which are computed in float32 to the same numbers. */
const OF_INTEGERS = new Set(['edge_pad', 'reflect_pad', 'maxpool_2d_uint8'])

/** Operands that have to be constants, and are in every classifier; `all` for operators that are only evaluated at load. */
const CONSTANT_OPERANDS: Readonly<Record<string, readonly number[] | 'all'>> = {
  And: 'all',
  Or: 'all',
  Not: 'all',
  Equal: 'all',
  Greater: 'all',
  Less: 'all',
  Where: 'all',
  Mod: 'all',
  Range: 'all',
  QuantizeLinear: 'all',
  DequantizeLinear: 'all',
  Cast: 'all',
  BatchNormalization: [1, 2, 3, 4],
  Clip: [1, 2],
  Dropout: [1, 2],
  Pad: [2],
  Resize: [1, 2],
  Upsample: [1],
}

/** Runs a test's graph: float inputs are computed values, all others constants, as in a classifier. Returns its outputs in the file's order. */
function run(test: NodeTest, mode: 'plain' | 'differentiable' | 'constant'): Constant[] {
  const model = test.model()
  const names = model.graph!.input.map(({ name }) => name!)
  // Computing is in float32 throughout.
  const inputs = test
    .inputs()
    .map((input) =>
      input.dataType === 'float64'
        ? { ...input, dataType: 'float32' as const, data: Float32Array.from(input.data) }
        : input,
    )
  const fixed = model.graph!.node.map(({ opType }) => CONSTANT_OPERANDS[opType!] ?? [])
  const isComputedType = (i: number) =>
    OF_INTEGERS.has(test.name) ? i === 0 : mode !== 'constant' && inputs[i]!.dataType === 'float32'
  const isComputed = (i: number) =>
    isComputedType(i) && !fixed.some((f) => f === 'all' || (f.includes(i) && model.graph!.node.length === 1))
  const computed = names.filter((_, i) => isComputed(i))
  const graph = readNodes(model, names)
  const weights = createWeightStore()
  try {
    const built = buildGraph(
      {
        ...graph,
        constants: new Map([
          ...graph.constants,
          ...names.flatMap((name, i) => (isComputed(i) ? [] : [[name, inputs[i]!] as const])),
        ]),
        inputs: new Map(
          computed.map((name) => {
            const { dims } = inputs[names.indexOf(name)]!
            return [name, { shape: dims, order: fileOrder(dims.length) }]
          }),
        ),
      },
      weights,
    )
    const results: Constant[] = []
    tf.tidy(() => {
      const values = new Map(
        computed.map((name) => {
          const { data, dims } = inputs[names.indexOf(name)]!
          return [name, tf.tensor(Float32Array.from(data), [...dims])]
        }),
      )
      for (const node of built.nodes)
        for (const [name, output] of node.outputs) {
          const value = executeOutput(
            output,
            node.inputs.map((input) => values.get(input)!),
            mode === 'differentiable',
          )
          expect(value.shape).toEqual(output.order.map((axis) => output.shape[axis]))
          values.set(name, value)
        }
      for (const name of graph.outputs) results.push(outputOf(name))
      function outputOf(name: string): Constant {
        const constant = built.constants.get(name)
        if (constant) return constant
        const inFileOrder = reorder(
          values.get(name)!,
          built.types.get(name)!.order,
          fileOrder(built.types.get(name)!.order.length),
        )
        return { dataType: 'float32', dims: inFileOrder.shape, data: inFileOrder.dataSync<'float32'>().slice() }
      }
    })
    return results
  } finally {
    weights.dispose()
  }
}

const tests = readNodeTests()

describe.each(['wasm'])('on %s', (backend) => {
  beforeAll(() => tf.setBackend(backend))
  it.each(tests.filter(({ name }) => !refused.has(name)).map((test) => [test.name, test] as const))('%s', (_, test) => {
    for (const mode of ['plain', 'differentiable', 'constant'] as const) {
      const found = run(test, mode)
      for (const [i, { dims, data }] of test.outputs().entries()) {
        expect(found[i]!.dims).toEqual(dims)
        expect(firstDifference(found[i]!.data, data), mode).toBeUndefined()
      }
    }
    expect(tf.memory().numTensors).toBe(0)
  })

  it.each([...refused].map((name) => [name]))('refuses %s', (name) => {
    const test = tests.find((t) => t.name === name)!
    const error = attempt(() => run(test, 'plain'))
    expect(error).toBeInstanceOf(VatunError)
    expect(error).toMatchObject({ code: expect.stringMatching(/unsupported|bad-input/) })
    expect(tf.memory().numTensors).toBe(0)
  })
})

/** With the tolerances of ONNX's own runner. */
function firstDifference(found: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  if (found.length !== expected.length) return `${found.length} values, expected ${expected.length}`
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i]!, expected[i]!]
    const isClose = Object.is(a, b) || Math.abs(a - b) <= 1e-7 + 1e-3 * Math.abs(b)
    if (!isClose) return `${a} at ${i}, expected ${b}`
  }
  return undefined
}

function attempt(task: () => unknown): unknown {
  try {
    task()
  } catch (error) {
    return error
  }
  return undefined
}
