import type { LayerInfo } from '@vatun/core'
import { expect, it } from 'vitest'
import { layerLabel, shortLayerNames } from './layer-label.js'

const labels = (...names: string[]) => {
  const layers = names.map((name): LayerInfo => ({ name, kind: 'conv', channels: 1, height: 1, width: 1 }))
  const model = { layers: [{ ...layers[0]!, name: 'input', kind: 'other' as const }, ...layers] }
  return names.map((name) => layerLabel(model, name))
}

it('drops a long beginning that all names have in common, up to a separator', () => {
  expect(labels('keras_layer.predict.Mobilenet.Conv', 'keras_layer.predict.Mobilenet.Conv_1.expand')).toEqual([
    '…Conv',
    '…Conv_1.expand',
  ])
  expect(labels('StatefulPartitionedCall/model/c1', 'StatefulPartitionedCall/model/c2')).toEqual(['…c1', '…c2'])
})

it.each([[['net.0', 'net.3']], [['convolutional_layer_1', 'convolutional_layer_2']], [['a.long.beginning.conv']]])(
  'leaves short names, names without a separator and a single name alone',
  (names) => {
    expect(labels(...names)).toEqual(names)
  },
)

it('reduces the first parts of long names to a letter and their numbers', () => {
  const names = [1, 2].flatMap((block) =>
    [1, 12].map((layer) => `features.denseblock${block}.denselayer${layer}.conv1`),
  )
  expect(shortLayerNames(names, 24)).toEqual([
    'f.d1.denselayer1.conv1',
    'f.d1.denselayer12.conv1',
    'f.d2.denselayer1.conv1',
    'f.d2.denselayer12.conv1',
  ])
  expect(shortLayerNames(names, 12)[3]).toBe('f.d2.d12.conv1')
  expect(shortLayerNames(['net/block_3/conv', 'net/block_10/conv'], 8)).toEqual(['n/b3/conv', 'n/b10/conv'])
})

it('leaves names whole that would be the same', () => {
  const names = ['stage1.downsample.conv', 'stage1.dense.conv', 'stage1.norm.conv']
  expect(shortLayerNames(names, 8)).toEqual([names[0], names[1], 's1.n.conv'])
})
