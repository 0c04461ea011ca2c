import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ints } from './graph/graph-builder.test.data.js'
import { VatunError } from './index.js'
import { type Layer, type Model, undamagedFiles, writeAndOpen } from './tfjs-files.test.data.js'

let files: ReturnType<typeof undamagedFiles>
beforeAll(async () => {
  await tf.setBackend('cpu')
  files = undamagedFiles()
})
afterEach(() => expect(tf.memory().numTensors).toBe(0))

type Change = (model: Model) => void

async function failure(kind: 'layers' | 'graph', change: Change, weights = files[kind].weights) {
  const model = JSON.parse(files[kind].json) as Model
  change(model)
  return writeAndOpen(kind, JSON.stringify(model), weights).then(
    (classifier) => classifier.dispose(),
    (error: unknown) => error,
  )
}

async function expectFailure(kind: 'layers' | 'graph', change: Change, code: string, message: RegExp): Promise<void> {
  const error = await failure(kind, change)
  expect(error).toBeInstanceOf(VatunError)
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
}

it('undamaged files open', async () => {
  for (const kind of ['layers', 'graph'] as const) expect(await failure(kind, () => {})).toBeUndefined()
})

const first = (model: Model) => model.weightsManifest[0]!
const layer = (model: Model, name: string) => model.modelTopology.config.layers.find((l) => l.name === name)!
const node = (model: Model, ending: string) => model.modelTopology.node.find((n) => n.name.endsWith(ending))!

describe.each(['layers', 'graph'] as const)('the weights of a %s model', (kind) => {
  const cases: Record<string, [Change, string, RegExp]> = {
    'are missing': [(m) => (first(m).paths = ['none.bin']), 'not-found', /none\.bin: no such file/],
    'are too few': [
      (m) => (first(m).weights[0]!.shape[0] = 9),
      'bad-input',
      /weights\.bin hold \d+ bytes, .* expects \d+/,
    ],
    'are too many': [(m) => first(m).weights.pop(), 'bad-input', /weights\.bin holds \d+ bytes, expected at most/],
    'have an absurd shape': [(m) => (first(m).weights[0]!.shape = [2 ** 40]), 'bad-input', /expects 4398/],
    'have a negative shape': [(m) => (first(m).weights[0]!.shape = [-3]), 'bad-input', /weight ".*" has shape \[-3\]/],
    'have an unknown type': [(m) => (first(m).weights[0]!.dtype = 'float64'), 'unsupported', /is of type float64/],
    'have no shape': [
      (m) => Reflect.deleteProperty(first(m).weights[0]!, 'shape'),
      'bad-input',
      /weight 1 .* no name and shape/,
    ],
    'lie above the folder': [
      (m) => (first(m).paths = ['../weights.bin']),
      'bad-input',
      /"\.\.\/weights\.bin" leaves the folder/,
    ],
    'lie above the folder, encoded': [(m) => (first(m).paths = ['%2e%2e/x']), 'bad-input', /leaves the folder/],
    'lie at an absolute path': [(m) => (first(m).paths = ['/etc/passwd']), 'bad-input', /leaves the folder/],
    'lie at a Windows path': [(m) => (first(m).paths = ['..\\x', 'C:\\x']), 'bad-input', /leaves the folder/],
    'lie on another server': [(m) => (first(m).paths = ['https://example.org/x']), 'bad-input', /leaves the folder/],
    'have paths that are not text': [(m) => (first(m).paths = [1 as never]), 'bad-input', /group 1 of weightsManifest/],
    'are named twice': [
      (m) => (first(m).weights[1]!.name = first(m).weights[0]!.name),
      'bad-input',
      /two weights are named/,
    ],
  }
  it.each(Object.entries(cases))('%s', (_, [change, code, message]) => expectFailure(kind, change, code, message))

  it('of unknown quantization are refused', async () => {
    const error = await failure(kind, (m) => {
      const [spec] = first(m).weights
      spec!.quantization = { dtype: 'int32' }
    })
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(/unknown quantization dtype/) })
  })
})

describe('a layers model', () => {
  const link = (name: string) => [[[name, 0, 0, {}]]]
  const cases: Record<string, [Change, string, RegExp]> = {
    'with a cycle': [
      (m) => (layer(m, 'first').inbound_nodes = link('pool')),
      'bad-input',
      /layer "first": .* cycle among first, .*pool/,
    ],
    'with a layer that feeds itself': [
      (m) => (layer(m, 'first').inbound_nodes = link('first')),
      'bad-input',
      /layer "first"/,
    ],
    'with an input that does not exist': [
      (m) => (layer(m, 'pool').inbound_nodes = link('gone')),
      'bad-input',
      /layer "pool" takes its input from "gone"/,
    ],
    'with two layers of a name': [
      (m) => Object.assign(layer(m, 'pool'), { name: 'first', config: { name: 'first' } }),
      'bad-input',
      /two layers are named "first"/,
    ],
    'with a name that was damaged': [
      (m) => (layer(m, 'inner').name = 'other'),
      'bad-input',
      /layer "other" is named "inner" in its configuration/,
    ],
    'with a call without inputs': [
      (m) => (layer(m, 'pool').inbound_nodes = [[]]),
      'bad-input',
      /layer "scores": its input is never/,
    ],
    'with nameless layers': [(m) => (layer(m, 'pool').name = ''), 'bad-input', /has no name/],
    'with damaged links': [
      (m) => (layer(m, 'pool').inbound_nodes = [[['sum']]]),
      'bad-input',
      /layer "pool" has damaged inbound_nodes/,
    ],
    'with a call in the format of Keras 3 of something else than layers': [
      (m) => (layer(m, 'first').inbound_nodes = [{ args: [[3]] }]),
      'unsupported',
      /layer "first" is called with 3, expected outputs of layers/,
    ],
    'with absurd filters': [
      (m) => (layer(m, 'first').config.filters = 2 ** 40),
      'bad-input',
      /layer "first" needs kernel of \[3, 3, 3, 1099511627776\]/,
    ],
    'with negative filters': [(m) => (layer(m, 'first').config.filters = -4), 'bad-input', /filters/],
    'with other filters than its weights': [(m) => (layer(m, 'first').config.filters = 3), 'bad-input', /./],
    'with an absurd kernel': [
      (m) => (layer(m, 'first').config.kernel_size = [2 ** 20, 2 ** 20]),
      'bad-input',
      /layer "first" needs kernel/,
    ],
    'with an absurd image': [
      (m) => (layer(m, 'image').config.batch_input_shape = [null, 2 ** 20, 2 ** 20, 3]),
      'bad-input',
      /\[n, 1048576, 1048576, 3\], expected sizes up to 4096/,
    ],
    'without layers': [(m) => (m.modelTopology.config.layers = []), 'bad-input', /./],
    'that is no model': [(m) => (m.modelTopology.config = 'x' as never), 'bad-input', /no list of layers/],
    'that takes rows of numbers': [(m) => (layer(m, 'image').config.batch_input_shape = [null, 8]), 'bad-input', /./],
  }
  it.each(Object.entries(cases))('%s', (_, [change, code, message]) => expectFailure('layers', change, code, message))

  it('with unknown layer classes lists them all', async () => {
    const error = await failure('layers', (m) => {
      layer(m, 'first').class_name = 'MyConv'
      layer(m, 'pool').class_name = 'MyPool'
      const inner = layer(m, 'inner').config.layers as Layer[]
      inner[1]!.class_name = 'MyPool'
    })
    expect(error).toMatchObject({
      code: 'unsupported',
      details: { classes: { MyConv: ['first'], MyPool: ['inner.norm', 'pool'] } },
    })
  })
})

describe('a graph model', () => {
  const cases: Record<string, [Change, string, RegExp]> = {
    'with a cycle': [
      (m) => (node(m, 'Conv1_relu/Relu6').input[0] = node(m, '/pad/Pad').name),
      'bad-input',
      /"StatefulPartitionedCall\/mobilenet\/.*": the graph has a cycle through .*pad\/Pad/,
    ],
    'with an input that does not exist': [
      (m) => (node(m, '/pad/Pad').input[0] = 'gone'),
      'bad-input',
      /Pad ".*\/pad\/Pad": nothing computes its input "gone"/,
    ],
    'with a name used twice': [
      (m) => (node(m, '/pad/Pad').name = 'Identity'),
      'bad-input',
      /"Identity": the name is used twice/,
    ],
    'with a weight that is not there': [
      (m) => (first(m).weights[1]!.name = 'other'),
      'bad-input',
      /Const ".*bn_offset": the weights manifest has no weight/,
    ],
    'with too few inputs': [
      (m) => node(m, '/pad/Pad').input.pop(),
      'bad-input',
      /Pad ".*": 1 inputs, expected at least 2/,
    ],
    'with absurd strides': [
      (m) => (node(m, 'dw_relu/Relu6').attr.strides = ints(1, 2 ** 40, 1, 1)),
      'bad-input',
      /strides is \[1, 1099511627776, 1, 1\]/,
    ],
    'with a damaged attribute': [
      (m) => (node(m, 'dw_relu/Relu6').attr.strides = { list: { i: ['x'] } }),
      'bad-input',
      /attribute strides is/,
    ],
    'with one node for channels first': [
      (m) => (node(m, 'dw_relu/Relu6').attr.data_format = { s: btoa('NCHW') }),
      'bad-input',
      /FusedDepthwiseConv2dNative "[^"]*dw_relu\/Relu6"/,
    ],
    'of an unknown data format': [
      (m) => (node(m, 'dw_relu/Relu6').attr.data_format = { s: btoa('CHWN') }),
      'unsupported',
      /data_format CHWN/,
    ],
    'with an absurd image': [
      (m) => (node(m, 'x').attr.shape = { shape: { dim: [-1, 2 ** 40, 8, 3].map((size) => ({ size })) } }),
      'bad-input',
      /expected sizes from 1 to 4096/,
    ],
    'with an image in a file of its own': [
      (m) => (node(m, 'x').attr.dtype = { type: 'DT_STRING' }),
      'unsupported',
      /the image is DT_STRING, expected DT_FLOAT, DT_UINT8, DT_INT32/,
    ],
    'without an image': [(m) => (node(m, 'x').op = 'Const'), 'bad-input', /./],
    'whose channels do not fit': [
      (m) => (node(m, '/dw2/depthwise').input[1] = node(m, 'Conv1/Conv2D_weights').name),
      'bad-input',
      /DepthwiseConv2dNative ".*dw2/,
    ],
    'without nodes': [(m) => (m.modelTopology.node = []), 'bad-input', /nothing computes the output "Identity"/],
    'whose nodes are no list': [(m) => (m.modelTopology.node = 3 as never), 'bad-input', /no list of nodes/],
  }
  it.each(Object.entries(cases))('%s', (_, [change, code, message]) => expectFailure('graph', change, code, message))

  it('with unknown operations lists them all', async () => {
    const error = await failure('graph', (m) => {
      node(m, '/pad/Pad').op = 'Erfinv'
      node(m, '/dw2/depthwise').op = 'While'
      node(m, 'block_add/add').op = 'While'
    })
    const root = 'StatefulPartitionedCall/mobilenet'
    const operations = { Erfinv: [`${root}/pad/Pad`], While: [`${root}/dw2/depthwise`, `${root}/block_add/add`] }
    expect(error).toMatchObject({ code: 'unsupported', details: { operations } })
  })

  it('with absurd borders is refused before they are computed', async () => {
    const { json, weights } = files.graph
    const model = JSON.parse(json) as Model
    const specs = first(model).weights
    const position = specs.findIndex(({ name }) => name.endsWith('paddings'))
    const before = specs.slice(0, position).reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0)
    const damaged = weights.slice()
    damaged[before + 3 * 4 + 3] = 0x40
    expect(await failure('graph', () => {}, damaged)).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/Pad ".*": the result would be \[1, 1073741833, 9, 4\]/),
    })
  })
})
