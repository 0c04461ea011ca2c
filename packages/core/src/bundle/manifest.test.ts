import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, checkManifest, resultKey } from './index.js'

const manifest = {
  formatVersion: 1,
  vatun: '0.1.0',
  model: { name: 'net', hash: 'aa' },
  dataset: { name: 'set', hash: 'bb', length: 10 },
  images: { count: 4, order: 'stratified', seed: 1 },
  classifier: {
    name: 'net',
    hash: 'aa',
    format: 'onnx',
    input: { height: 32, width: 32, channels: 3 },
    classNames: ['cat', 'dog'],
    layers: [{ name: 'conv1', kind: 'conv', channels: 4, height: 32, width: 32 }],
    penultimate: 'pool',
    lastConv: 'conv1',
    output: 'logits',
  },
  classNames: ['cat', 'dog'],
  specs: { model: { format: 'onnx', url: 'net.onnx' }, dataset: { format: 'module', module: './set.js' } },
  axes: [{ name: 'rotation' }],
  results: { 'predictions.arrow': { status: 'complete', key: 'k', bytes: 12, sha256: 'cc' } },
}

describe('checkManifest', () => {
  it('accepts what it should', () => {
    expect(checkManifest(manifest)).toBe(manifest)
  })

  it.each([
    [null, 'manifest: the file is null, expected an object'],
    [[], 'manifest: the file is [], expected an object'],
    [{}, 'manifest: formatVersion is missing, expected a number'],
    [{ ...manifest, formatVersion: 2 }, 'manifest: bundle format 2, this version of VATUN reads 1'],
    [{ ...manifest, model: { name: 'net' } }, 'manifest: model.hash is missing, expected a text'],
    [{ ...manifest, dataset: { ...manifest.dataset, length: -1 } }, 'manifest: dataset.length is -1'],
    [{ ...manifest, images: { count: 4, order: 'any' } }, 'manifest: images.order is "any"'],
    [{ ...manifest, classNames: ['cat', 3] }, 'manifest: classNames[1] is 3, expected a text'],
    [{ ...manifest, axes: {} }, 'manifest: axes is {}, expected a list'],
    [{ ...manifest, results: { 'a.arrow': { status: 'half' } } }, 'manifest: results["a.arrow"].status is "half"'],
  ])('says what is wrong: %#', (json, message) => {
    expect(() => checkManifest(json)).toThrow(message)
  })
})

describe('resultKey', () => {
  const spec = { name: 'simulation', params: { axis: 'hue', seed: 1 } }

  it('is the SHA-256 of canonical JSON', async () => {
    const text =
      '{"datasetHash":"d","indices":[2,0],"modelHash":"m","shardSize":32,"spec":{"name":"simulation","params":{"axis":"hue","seed":1}}}'
    const key = await resultKey(spec, 'm', 'd', [2, 0], 32)
    expect(key).toBe(createHash('sha256').update(text).digest('hex'))
    expect(await resultKey(spec, 'm', 'd', Int32Array.of(2, 0), 32)).toBe(key)
  })

  it('does not depend on the order of keys and depends on everything else', async () => {
    const base = await resultKey(spec, 'm', 'd', [0, 1], 32)
    expect(await resultKey({ params: { seed: 1, axis: 'hue' }, name: 'simulation' }, 'm', 'd', [0, 1], 32)).toBe(base)
    const others = await Promise.all([
      resultKey({ ...spec, params: { axis: 'hue', seed: 2 } }, 'm', 'd', [0, 1], 32),
      resultKey(spec, 'm2', 'd', [0, 1], 32),
      resultKey(spec, 'm', 'd2', [0, 1], 32),
      resultKey(spec, 'm', 'd', [1, 0], 32),
      resultKey(spec, 'm', 'd', [0, 1], 16),
    ])
    expect(new Set([base, ...others]).size).toBe(6)
  })

  it('writes canonical JSON as JSON.stringify would otherwise', () => {
    expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}')
  })
})
