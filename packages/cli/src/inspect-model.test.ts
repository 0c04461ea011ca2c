import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { describeModel, inspectModel } from './inspect-model.js'

const example = (path: string) =>
  fileURLToPath(new URL(`../../../examples/models/resnet20-cifar10/${path}`, import.meta.url))

it('finds the same in the ONNX and in the tfjs file of a network', async () => {
  const [layers, onnx] = [
    await inspectModel(example('tfjs/model.json')),
    await inspectModel(example('resnet20-cifar10.onnx')),
  ]
  expect(layers).toMatchObject({
    name: 'model.json',
    format: 'tfjs-layers',
    output: 'logits',
    lastConv: 'block9_conv2',
  })
  expect(onnx).toMatchObject({ name: 'resnet20-cifar10.onnx', format: 'onnx', output: 'logits' })
  expect(onnx.input).toEqual(layers.input)
  expect(onnx.classNames).toEqual(layers.classNames)
  const filters = (info: typeof onnx) =>
    info.layers.filter(({ kind }) => kind === 'conv').map(({ channels }) => channels)
  expect(filters(onnx)).toEqual(filters(layers))
})

it('prints facts and a table of the layers', async () => {
  const text = describeModel(await inspectModel(example('tfjs/model.json')))
  expect(text.split('\n').slice(0, 11)).toEqual([
    'model        model.json',
    'format       tfjs layers model',
    'input        32 × 32, RGB',
    'classes      10',
    'output       logits',
    'penultimate  global_pool, 64 channels, 1 × 1 × 64',
    'last conv    block9_conv2, 64 filters, 8 × 8 × 64',
    '',
    '    layer            kind   filters  map',
    ' 1  stem             conv        16  32 × 32 × 16',
    ' 2  block1_conv1     conv        16  32 × 32 × 16',
  ])
})

it('takes a model that normalises uint8 itself', async () => {
  const pack = gunzipSync(readFileSync(new URL('../../onnx/src/fixtures/endings.bin.gz', import.meta.url)))
  const start = 4 + pack.readUInt32LE(0)
  const files = JSON.parse(pack.toString('utf8', 4, start)) as Record<string, [number, number]>
  const [from, to] = files['uint8-nhwc']!
  const place = join(mkdtempSync(join(tmpdir(), 'vatun-inspect-')), 'uint8.onnx')
  writeFileSync(place, pack.subarray(start + from, start + to))
  const info = await inspectModel(place)
  expect(info).toMatchObject({ input: { height: 5, width: 6, channels: 3 }, output: 'softmax', lastConv: 'conv' })
})

/** A graph model of one convolution that leaves its input size open. */
function writeGraph(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vatun-inspect-'))
  const constant = (name: string, dtype: string) => ({ name, op: 'Const', attr: { dtype: { type: dtype } } })
  const dim = [-1, -1, -1, 1].map((size) => ({ size: String(size) }))
  const node = [
    { name: 'image', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } } },
    constant('first/filter', 'DT_FLOAT'),
    constant('axes', 'DT_INT32'),
    {
      name: 'first/Conv2D',
      op: 'Conv2D',
      input: ['image', 'first/filter'],
      attr: { strides: { list: { i: ['1', '1', '1', '1'] } }, padding: { s: btoa('SAME') } },
    },
    { name: 'Mean', op: 'Mean', input: ['first/Conv2D', 'axes'] },
    { name: 'Softmax', op: 'Softmax', input: ['Mean'] },
  ]
  const weights = [
    { name: 'first/filter', shape: [3, 3, 1, 2], dtype: 'float32' },
    { name: 'axes', shape: [2], dtype: 'int32' },
  ]
  const bytes = new Uint8Array(80)
  bytes.set(new Uint8Array(Int32Array.of(1, 2).buffer), 72)
  writeFileSync(join(folder, 'weights.bin'), bytes)
  const weightsManifest = [{ paths: ['weights.bin'], weights }]
  const model = { format: 'graph-model', modelTopology: { node }, weightsManifest }
  const path = join(folder, 'model.json')
  writeFileSync(path, JSON.stringify(model))
  return path
}

it('asks for what a file leaves open, and takes the answer', async () => {
  const path = writeGraph()
  await expect(inspectModel(path)).rejects.toThrow(/which height, width and channels\? Set "input"/)
  const info = await inspectModel(path, { input: { height: 6, width: 5, channels: 1 } })
  expect(info).toMatchObject({ format: 'tfjs-graph', output: 'softmax', lastConv: 'first', classNames: ['0', '1'] })
  expect(describeModel(info)).toContain('input        6 × 5, grayscale')
})

it('says what it cannot open', async () => {
  await expect(inspectModel('weights.bin')).rejects.toThrow(/which format is it\?/)
  await expect(inspectModel('/no/such/model.json')).rejects.toMatchObject({ code: 'not-found' })
  await expect(inspectModel('/no/such/model.onnx')).rejects.toMatchObject({ code: 'not-found' })
})
