import type { LayerInfo } from '@vatun/core'
import { expect, it } from 'vitest'
import { layerLabel } from './layer-label.js'

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
