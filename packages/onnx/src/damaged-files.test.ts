import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { createProgramNetwork } from '@vatun/core/layers'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { classNames, modelPath, preprocessing, smallNet } from './golden.test.data.js'
import { readGraph } from './graph.js'
import { openOnnx } from './index.js'
import { Model, type ModelProto } from './proto.js'

const options = { name: 'model', classNames, preprocessing }

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

async function openChanged(change: (graph: NonNullable<ModelProto['graph']>, model: ModelProto) => void) {
  const model = Model.read(new Uint8Array(readFileSync(smallNet)))
  change(model.graph!, model)
  const network = await createProgramNetwork(compile(readGraph(model)))
  network.dispose()
}

describe('a model that does not hold together is refused, naming node and reason', () => {
  const node = (graph: NonNullable<ModelProto['graph']>, name: string) => graph.node.find((n) => n.name === name)!
  const cases: Record<string, [Parameters<typeof openChanged>[0], string, RegExp]> = {
    'a missing initializer': [
      (g) => g.initializer.splice(2, 1),
      'bad-input',
      /Conv "\/conv2\/Conv": nothing defines "conv2.weight"/,
    ],
    'a cycle': [
      (g) => {
        node(g, '/conv1/Conv').input[0] = '/relu2/Relu_output_0'
      },
      'bad-input',
      /Conv "\/conv1\/Conv": the graph has a cycle among .*\/relu2\/Relu/,
    ],
    'a value defined twice': [
      (g) => g.node.push({ ...node(g, '/relu1/Relu'), name: 'again' }),
      'bad-input',
      /Relu "again": value "\/relu1\/Relu_output_0" is defined twice/,
    ],
    'weights of another type': [
      (g) => {
        const weight = g.initializer[0]!
        weight.dataType = 11
        weight.rawData = new Uint8Array(weight.rawData!.length * 2)
      },
      'bad-input',
      /Conv "\/conv1\/Conv": operand 2 is float64, expected float32/,
    ],
    'too little data': [
      (g) => {
        const weight = g.initializer[0]!
        weight.rawData = weight.rawData!.subarray(4)
      },
      'bad-input',
      /initializer "conv1.weight": 215 values do not fill \[8, 3, 3, 3\]/,
    ],
    'data in another file': [
      (g) => {
        g.initializer[0]!.dataLocation = 1
      },
      'bad-input',
      /initializer "conv1.weight": the data lies in another file/,
    ],
    'channels that do not match': [
      (g) => {
        node(g, '/conv2/Conv').input[1] = 'conv1.weight'
        node(g, '/conv2/Conv').input.splice(2, 1)
      },
      'bad-input',
      /Conv "\/conv2\/Conv"/,
    ],
    'a bias of the wrong length': [
      (g) => {
        node(g, '/conv2/Conv').input[2] = 'conv1.bias'
      },
      'bad-input',
      /Conv "\/conv2\/Conv": bias is \[8\], expected \[16\]/,
    ],
    'an output that nothing computes': [
      (g) => {
        g.output[0]!.name = 'scores'
      },
      'bad-input',
      /output: nothing defines "scores"/,
    ],
    'an output that is not a row of scores': [
      (g) => {
        g.output[0]!.name = '/relu3/Relu_output_0'
      },
      'unsupported',
      /expected \[n, classes\]/,
    ],
    'a size that is not fixed': [
      (g) => {
        g.input[0]!.type!.tensorType!.shape!.dim[2] = { value: undefined, param: 'height' }
      },
      'bad-input',
      /input "x": \[N, 3, height, 32\] leaves the size of images open, which size/,
    ],
    'an old operator set': [
      (_, model) => {
        model.opsetImport = [{ domain: '', version: 3 }]
      },
      'unsupported',
      /operator set 3/,
    ],
  }
  for (const [name, [change, code, message]] of Object.entries(cases))
    it(name, async () => {
      const error = await openChanged(change).then(
        () => undefined,
        (e: unknown) => e,
      )
      expect(error).toBeInstanceOf(VatunError)
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    })

  it('operators that are not supported, all in one error', async () => {
    const change = (g: NonNullable<ModelProto['graph']>) => {
      node(g, '/relu1/Relu').opType = 'Einsum'
      node(g, '/relu2/Relu').opType = 'Einsum'
      node(g, '/fc/Gemm').domain = 'com.example'
    }
    await expect(openChanged(change)).rejects.toMatchObject({
      code: 'unsupported',
      details: { operators: { Einsum: ['/relu1/Relu', '/relu2/Relu'], 'com.example.Gemm': ['/fc/Gemm'] } },
    })
  })

  it('files that are missing, empty or something else', async () => {
    await expect(openOnnx('/no/such/file.onnx', options)).rejects.toMatchObject({ code: 'not-found' })
    await expect(openOnnx(new Uint8Array(), options)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(openOnnx(new TextEncoder().encode('<html>'), options)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(openOnnx(smallNet, { ...options, classNames: ['a'] })).rejects.toThrow(/1 class names for 10 outputs/)
  })
})

describe('a damaged file never fails with anything but a VatunError, and leaks nothing', () => {
  const bytes = new Uint8Array(readFileSync(modelPath('resnet20-cifar10')))
  // The nodes come first in the file; most of the rest is weights, where a flip is no error.
  const position = fc.oneof(fc.nat(12_000), fc.nat(bytes.length - 1))

  async function survives(damaged: Uint8Array): Promise<void> {
    try {
      const classifier = await openOnnx(damaged, options)
      classifier.dispose()
    } catch (error) {
      if (!(error instanceof VatunError)) throw error
      expect(error.code === 'bad-input' || error.code === 'unsupported', error.message).toBe(true)
    }
    expect(tf.memory().numTensors).toBe(0)
  }

  it('truncated', () =>
    fc.assert(
      fc.asyncProperty(position, (end) => survives(bytes.subarray(0, end))),
      { numRuns: 40 },
    ))

  it('with flipped bytes', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(position, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
        (flips) => {
          const damaged = bytes.slice()
          for (const [at, mask] of flips) damaged[at]! ^= mask
          return survives(damaged)
        },
      ),
      { numRuns: 60 },
    ))
})
