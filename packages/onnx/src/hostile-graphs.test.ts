import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { createProgramNetwork } from '@vatun/core/layers'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { readExternalFiles } from './external-data.js'
import { readGraph } from './graph.js'
import { initializer, ints, model, node, values } from './graph-builder.test.data.js'
import type { ModelProto, NodeProto, TensorProto } from './proto.js'
import { readTorchvision } from './torchvision.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

async function open(proto: ModelProto): Promise<void> {
  const network = await createProgramNetwork(compile(readGraph(proto)))
  network.dispose()
}

const HUGE = 2 ** 40

/** A map of 3 channels, something done to it, and its scores. */
function withMap(nodes: NodeProto[], initializers: TensorProto[], last = 'y', opset = 13): ModelProto {
  return model(['n', 3, 8, 8], [...nodes, node('Flatten', [last], 'scores')], initializers, ['scores'], opset)
}

describe('sizes that no classifier has are refused before anything is allocated', () => {
  const cases: Record<string, ModelProto> = {
    'an input': model(['n', 3, HUGE, HUGE], [node('Flatten', ['x'], 'y')], [], ['y']),
    'an initializer without data': withMap(
      [node('Conv', ['x', 'w'], 'y')],
      [{ ...initializer('w', [HUGE, 3, 1, 1], []), rawData: new Uint8Array() }],
    ),
    'dimensions whose product overflows': withMap(
      [node('Conv', ['x', 'w'], 'y')],
      [initializer('w', [2 ** 31, 2 ** 31, 2 ** 31, 4], [])],
    ),
    'a constant of a shape': withMap(
      [node('ConstantOfShape', ['s'], 'big'), node('Add', ['x', 'big'], 'y')],
      [ints('s', [HUGE])],
    ),
    'a range': withMap(
      [node('Range', ['a', 'b', 'c'], 'big'), node('Add', ['x', 'big'], 'y')],
      [
        { ...ints('a', [0]), dims: [] },
        { ...ints('b', [HUGE]), dims: [] },
        { ...ints('c', [1]), dims: [] },
      ],
    ),
    'an expanded constant': withMap(
      [node('Expand', ['one', 's'], 'big'), node('Add', ['x', 'big'], 'y')],
      [initializer('one', [1], [1]), ints('s', [HUGE, 8])],
    ),
    'an expanded map': withMap(
      [node('ReduceMean', ['x'], 'p', { axes: [2, 3] }), node('Expand', ['p', 's'], 'y')],
      [ints('s', [1, 3, 2 ** 20, 2 ** 20])],
    ),
    padding: withMap([node('Pad', ['x', 's'], 'y')], [ints('s', [0, 0, HUGE, 0, 0, 0, 0, 0])]),
    'padding of a convolution': withMap(
      [node('Conv', ['x', 'w'], 'y', { pads: [60000, 60000, 60000, 60000] })],
      [initializer('w', [2, 3, 1, 1], values(6, 1))],
    ),
    'padding by reflection': withMap(
      [node('Pad', ['x', 's'], 'y', { mode: 'edge' })],
      [ints('s', [0, 0, 2 ** 23, 2 ** 23, 0, 0, 0, 0])],
    ),
    resizing: withMap([node('Resize', ['x', '', '', 's'], 'y')], [ints('s', [1, 3, 2 ** 30, 8])]),
    'a transposed convolution': withMap(
      [node('ConvTranspose', ['x', 'w'], 'y', { strides: [60000, 60000] })],
      [initializer('w', [3, 2, 1, 1], values(6, 1))],
    ),
    'a shape': withMap([node('Reshape', ['x', 's'], 'y')], [ints('s', [HUGE, -1])]),
  }
  for (const [name, proto] of Object.entries(cases))
    it(name, async () => {
      const error = await open(proto).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(VatunError)
      expect(error).toMatchObject({ message: expect.stringMatching(/openOnnx: \w+ "/) })
    })
})

describe('what does not fit together names its node', () => {
  const cases: Record<string, [ModelProto, RegExp]> = {
    'a scalar where an axis is needed': [
      withMap([node('ReduceMean', ['x'], 'm', { keepdims: 0 }), node('Softmax', ['m'], 'y')], []),
      /Softmax "y": axis -1 does not exist in rank 0/,
    ],
    'an axis out of range': [withMap([node('Concat', ['x', 'x'], 'y', { axis: 9 })], []), /Concat "y": axis 9/],
    'parts that do not add up': [
      withMap([node('Split', ['x', 's'], ['y', 'z'], { axis: 1 })], [ints('s', [1, 1])]),
      /Split "y": parts of \[1, 1\] do not make 3/,
    ],
    'a sum of maps of different sizes': [
      withMap([node('MaxPool', ['x'], 'p', { kernel_shape: [2, 2] }), node('Add', ['x', 'p'], 'y')], []),
      /Add "y": shapes \[n, 3, 8, 8\] and \[n, 3, 7, 7\] do not fit/,
    ],
    'an index out of range': [
      withMap([node('Gather', ['x', 'i'], 'y', { axis: 1 })], [ints('i', [7])]),
      /Gather "y": indices are outside of 3 entries/,
    ],
    'a permutation with an axis twice': [
      withMap([node('Transpose', ['x'], 'y', { perm: [0, 1, 1, 2] })], []),
      /Transpose "y": perm/,
    ],
    'a reshape of another size': [
      withMap([node('Reshape', ['x', 's'], 'y')], [ints('s', [-1, 7])]),
      /Reshape "y": cannot reshape \[n, 3, 8, 8\] into \[-1, 7\]/,
    ],
    'something computed where a constant is needed': [
      withMap([node('Flatten', ['x'], 'f'), node('Reshape', ['x', 'f'], 'y')], []),
      /Reshape "y": the shape is computed from the image/,
    ],
    'a batch that is cut': [
      withMap([node('Slice', ['x', 's', 'e', 'a'], 'y')], [ints('s', [0]), ints('e', [1]), ints('a', [0])]),
      /Slice "y": it cuts along the batch/,
    ],
    'an operator set that is too new': [
      withMap([node('Relu', ['x'], 'y')], [], 'y', 25),
      /operator set 25, expected 7 to 21/,
    ],
  }
  for (const [name, [proto, message]] of Object.entries(cases))
    it(name, async () => {
      await expect(open(proto)).rejects.toThrow(message)
    })

  it('a chain of a hundred thousand nodes is sorted without recursion', () => {
    const chain = Array.from({ length: 99_000 }, (_, i) => node('Identity', [i === 0 ? 'x' : `v${i - 1}`], `v${i}`))
    const proto = withMap(chain.toReversed(), [], 'v98999')
    expect(readGraph(proto).nodes).toHaveLength(99_001)
  })
})

describe('data in other files', () => {
  const external = (entries: Record<string, string>): ModelProto => {
    const weight: TensorProto = {
      ...initializer('w', [2, 3, 1, 1], []),
      dataLocation: 1,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    }
    return withMap([node('Conv', ['x', 'w'], 'y')], [weight])
  }
  const folder = mkdtempSync(join(tmpdir(), 'onnx-'))
  writeFileSync(join(folder, 'weights.bin'), new Uint8Array(Float32Array.from([9, 1, 2, 3, 4, 5, 6]).buffer))

  for (const base of [join(folder, 'model.onnx'), pathToFileURL(join(folder, 'model.onnx')).href])
    it(`are read beside ${base.slice(0, 5)}…`, async () => {
      const proto = external({ location: 'weights.bin', offset: '4', length: '24' })
      const graph = readGraph(proto, { files: await readExternalFiles(proto, base) })
      expect(Array.from(graph.constants.get('w')!.data)).toEqual([1, 2, 3, 4, 5, 6])
    })

  it.each([
    '../weights.bin',
    '/etc/passwd',
    'a/../../b',
    'file:///etc/passwd',
    'https://a.b/c',
    '..\\w',
    'C:\\w',
    '',
    '%2e%2e/w',
  ])('must stay within the folder: %s', async (location) => {
    await expect(readExternalFiles(external({ location }), join(folder, 'model.onnx'))).rejects.toThrow(
      /initializer "w": its data lie at .* outside of the model's folder/,
    )
  })

  it('must exist, be long enough and have a place to be looked for', async () => {
    const base = join(folder, 'model.onnx')
    await expect(readExternalFiles(external({ location: 'none.bin' }), base)).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(readExternalFiles(external({ location: 'weights.bin' }), undefined)).rejects.toThrow(
      /by its path or URL/,
    )
    for (const part of [{ offset: '20' }, { length: '1e9' }, { offset: '-4' }, { offset: '99', length: '24' }]) {
      const proto = external({ location: 'weights.bin', ...part } as Record<string, string>)
      const files = await readExternalFiles(proto, base)
      expect(() => readGraph(proto, { files })).toThrow(VatunError)
    }
  })
})

describe('a damaged graph of a real network fails with a VatunError or not at all', () => {
  const networks = readTorchvision().filter(({ name }) => ['shufflenet-v2', 'densenet', 'convnext'].includes(name))
  for (const network of networks)
    it(network.name, () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 })), {
            minLength: 1,
            maxLength: 4,
          }),
          async (flips) => {
            try {
              await open(
                network.model((bytes) => {
                  for (const [at, mask] of flips) bytes[Math.floor(at * bytes.length)]! ^= mask
                }),
              )
            } catch (error) {
              if (!(error instanceof VatunError)) throw error
              expect(['bad-input', 'unsupported', 'not-found']).toContain(error.code)
            }
            expect(tf.memory().numTensors).toBe(0)
          },
        ),
        { numRuns: 40 },
      ),
    )
})
