import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { loadConfig } from './config.js'
import { readRegistry } from './read-registry.js'

const folder = mkdtempSync(join(tmpdir(), 'vatun-config-'))

const model = { format: 'tfjs-graph', url: 'model.json', name: 'net', classNames: ['a', 'b'], preprocessing: 'none' }

function load(changes: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const path = join(folder, 'test.config.json')
  const dataset = { format: 'module', module: 'data.mjs' }
  writeFileSync(path, JSON.stringify({ model: { ...model, ...changes }, dataset, ...more }))
  return loadConfig(path)
}

it('takes a model of any format with preset or steps of preprocessing, and overrides', async () => {
  const { model: plain } = await load({})
  expect(plain).toEqual({ ...model, url: pathToFileURL(join(folder, 'model.json')).href })
  const changes = {
    preprocessing: { preset: 'keras-caffe', resize: { height: 32, width: 32 } },
    input: { height: 224, width: 224, channels: 3 },
    output: 'softmax',
    outputName: 'scores',
    penultimate: 'pool',
    lastConv: 'conv',
  }
  expect((await load(changes)).model).toMatchObject(changes)
})

it('names the field that is wrong', async () => {
  await expect(load({ format: 'h5' })).rejects.toThrow(/"model.format" .* one of onnx, tfjs-layers, tfjs-graph/)
  await expect(load({ preprocessing: 3 })).rejects.toThrow(/"model.preprocessing"/)
  await expect(load({ output: 'sigmoid' })).rejects.toThrow(/"model.output"/)
  await expect(load({ input: { height: 2, width: 0, channels: 3 } })).rejects.toThrow(/"model.input.width"/)
  await expect(load({ classNames: [] })).rejects.toThrow(/classNames" is empty/)
})

it('names a field that there is not, and the one that may be meant', async () => {
  await expect(load({}, { axis: ['hue'] })).rejects.toThrow(
    /: no field "axis", perhaps "axes" is meant, expected model,/,
  )
  await expect(load({}, { augmentation: './mine.js' })).rejects.toThrow(/perhaps "augmentations" is meant/)
  await expect(load({ lastconv: 'conv' })).rejects.toThrow(/no field "model\.lastconv", perhaps "lastConv" is meant/)
  await expect(load({}, { dataset: { format: 'module', module: 'x.js', seed: 1 } })).rejects.toThrow(
    /no field "dataset\.seed", expected format, module, options$/,
  )
  await load({}, { $schema: './vatun.schema.json' })
})

it('takes a module of augmentations beside the file, and axes by name or with options', async () => {
  const axes = ['hue', { name: 'blur', degrees: [0, 1] }]
  const config = await load({}, { augmentations: './mine.js', axes })
  expect(config.augmentations).toBe(pathToFileURL(join(folder, 'mine.js')).href)
  expect(config.axes).toEqual(axes)
  await expect(readRegistry(config)).rejects.toThrow(/augmentations .*mine\.js: no such file$/)
  writeFileSync(join(folder, 'mine.js'), 'export const augmentations = () => []')
  const module = { name: 'mine.js', text: 'export const augmentations = () => []' }
  expect(await readRegistry(config)).toEqual({ axes, module })
  expect(await readRegistry(await load({}))).toEqual({})
  await expect(load({}, { axes: 'hue' })).rejects.toThrow(/"axes" is missing or wrong, expected a list/)
  await expect(load({}, { axes: [] })).rejects.toThrow(/"axes"/)
  await expect(load({}, { augmentations: 3 })).rejects.toThrow(/"augmentations" .* a text/)
  await expect(load({}, { augmentations: 'https://example.org/x.js' })).rejects.toThrow(/the path of a file/)
})

it('takes a folder of images with paths beside the file, and names what is wrong in it', async () => {
  const dataset = { format: 'folder', path: './my photos' }
  const { dataset: plain } = await load({}, { dataset })
  expect(plain).toEqual({ format: 'folder', path: join(folder, 'my photos') })
  const all = { labels: 'labels.csv', name: 'mine', classes: { x: 'a', y: 1, z: null }, fit: 'crop', crop: 0.875 }
  expect((await load({}, { dataset: { ...dataset, ...all, damaged: 'skip' } })).dataset).toEqual({
    ...plain,
    ...all,
    labels: join(folder, 'labels.csv'),
    damaged: 'skip',
  })
  const wrong = (change: object) => load({}, { dataset: { ...dataset, ...change } })
  await expect(wrong({ path: undefined })).rejects.toThrow(/"dataset\.path" is missing/)
  await expect(wrong({ path: 'https://example.org/photos' })).rejects.toThrow(/"dataset\.path" .* the path of a file/)
  await expect(wrong({ fit: 'cover' })).rejects.toThrow(/"dataset\.fit" .* one of crop, stretch, pad/)
  await expect(wrong({ crop: 256 })).rejects.toThrow(/"dataset\.crop" .* a share up to 1/)
  await expect(wrong({ damaged: true })).rejects.toThrow(/"dataset\.damaged" .* one of refuse, skip/)
  await expect(wrong({ classes: { x: true } })).rejects.toThrow(
    /"dataset\.classes\.x" .* a class's name or number, or null/,
  )
  await expect(wrong({ label: 'l.csv' })).rejects.toThrow(/no field "dataset\.label", perhaps "labels" is meant/)
  await expect(wrong({ format: 'folders' })).rejects.toThrow(/"dataset\.format" .* one of folder, module/)
})
