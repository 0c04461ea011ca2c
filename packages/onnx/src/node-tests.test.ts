import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { registerWasmKernels } from '@vatun/core/wasm-kernels'
import { beforeAll, describe, expect, it } from 'vitest'
import { readNodeTests } from './node-tests.test.data.js'
import { countGradients, runNodeTest } from './run-node-test.test.data.js'

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

const tests = readNodeTests()

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  beforeAll(async () => {
    registerWasmKernels()
    await tf.setBackend(backend)
  })
  it.each(tests.filter(({ name }) => !refused.has(name)).map((test) => [test.name, test] as const))('%s', (_, test) => {
    for (const mode of ['plain', 'differentiable', 'constant'] as const) {
      const found = runNodeTest(test, mode)
      for (const [i, { dims, data }] of test.outputs().entries()) {
        expect(found[i]!.dims).toEqual(dims)
        expect(firstDifference(found[i]!.data, data), mode).toBeUndefined()
      }
    }
    countGradients(test)
    expect(tf.memory().numTensors).toBe(0)
  })

  it.each([...refused].map((name) => [name]))('refuses %s', (name) => {
    const test = tests.find((t) => t.name === name)!
    const error = attempt(() => runNodeTest(test, 'plain'))
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
