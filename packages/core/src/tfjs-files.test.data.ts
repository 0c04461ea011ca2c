import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tfl from '@tensorflow/tfjs-layers'
import { branches, mobileNet } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import type { Classifier } from './index.js'
import { openLayersModel } from './layers.js'

/** The parts of a `model.json` that tests damage. */
export interface Model {
  format?: string
  modelTopology: { node: GraphNode[]; config: { layers: Layer[] } }
  weightsManifest: {
    paths: string[]
    weights: { name: string; shape: number[]; dtype: string; quantization?: object }[]
  }[]
}

/** A node of a graph model. */
interface GraphNode {
  name: string
  op: string
  input: string[]
  attr: Record<string, unknown>
}

/** A layer in `model_config`, as Keras writes it. */
export interface Layer {
  name: string
  class_name: string
  config: Record<string, unknown>
  inbound_nodes: unknown[]
}

interface Files {
  readonly json: string
  readonly weights: Uint8Array
}

/** A layers model with a model inside. */
function layersFiles(): Files {
  const x = tfl.input({ shape: [8, 6, 3], name: 'image' })
  const conv = (name: string, filters: number) => tfl.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same' })
  const first = conv('first', 4).apply(x) as tfl.SymbolicTensor
  const inner = tfl.sequential({ name: 'inner' })
  inner.add(
    tfl.layers.separableConv2d({
      name: 'separable',
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      inputShape: [8, 6, 4],
    }),
  )
  inner.add(tfl.layers.batchNormalization({ name: 'norm' }))
  const sum = tfl.layers.add({ name: 'sum' }).apply([first, inner.apply(first) as tfl.SymbolicTensor])
  const pooled = tfl.layers.globalAveragePooling2d({ name: 'pool' }).apply(sum)
  const scores = tfl.layers.dense({ name: 'scores', units: 3, activation: 'softmax' }).apply(pooled)
  const model = tfl.model({ inputs: x, outputs: scores as tfl.SymbolicTensor })
  const parts = model.weights.map((weight) => weight.read().dataSync().slice() as Float32Array<ArrayBuffer>)
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part.buffer)))
  const weights = model.weights.map(({ originalName: name, shape }) => ({ name, shape, dtype: 'float32' }))
  const modelTopology: unknown = model.toJSON(null, false)
  model.dispose()
  return {
    json: JSON.stringify({ modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights }] }),
    weights: bytes,
  }
}

function graphFiles(net: ReturnType<typeof mobileNet>): Files {
  const { modelTopology, weightSpecs: weights, weightData, format } = net.artifacts()
  const weightsManifest = [{ paths: ['weights.bin'], weights }]
  const signature = { outputs: { scores: { name: `${net.node.at(-1)!.name}:0` } } }
  return {
    json: JSON.stringify({ format, modelTopology, weightsManifest, signature }),
    weights: new Uint8Array(weightData),
  }
}

/** Undamaged models; built on the backend that is set. */
export function undamagedFiles(): Record<'layers' | 'graph' | 'branches', Files> {
  return { layers: layersFiles(), graph: graphFiles(mobileNet()), branches: graphFiles(branches()) }
}

const folder = mkdtempSync(join(tmpdir(), 'vatun-damaged-'))
const path = join(folder, 'model.json')

/** Writes the files and opens them as a layers or graph model. */
export async function writeAndOpen(
  kind: 'layers' | 'graph',
  json: string | Uint8Array,
  weights: Uint8Array,
): Promise<Classifier> {
  writeFileSync(path, json)
  writeFileSync(join(folder, 'weights.bin'), weights)
  return kind === 'layers'
    ? openLayersModel(path, { preprocessing: 'none' })
    : openGraphModel(path, { preprocessing: 'none' })
}
