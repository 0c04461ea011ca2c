import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Classifier } from './classifier.js'
import { toVatunError, VatunError } from './errors.js'
import { readLayersArtifacts } from './layers-artifacts.js'
import { layersProgram } from './layers-program.js'
import type { ByteLocation } from './read-bytes.js'
import { sha256 } from './sha256.js'
import { type ClassifierOptions, createTfjsClassifier } from './tfjs-classifier.js'
import { createProgramNetwork } from './tfjs-program.js'

/**
 * Opens a tfjs layers model, as `LayersModel.save` or the Keras converter write it, on the current tfjs backend.
 * Works in Node without `tfjs-node`. The topology may be any graph with one image input `[n, height, width, channels]`
 * and one output `[n, classes]`, logits or softmax. Layers keep their names.
 *
 * @param source The place of `model.json` (a path or URL in Node, a URL in a browser; the weights lie beside it), or a
 *   model in memory, which stays the caller's.
 * @param options Name, class names and preprocessing; a `ModelSpec` will do.
 * @returns The caller disposes it.
 * @throws VatunError `not-found` or `io` if a file cannot be read, `unsupported` for a model that is not covered, `bad-input`
 *   for a damaged one or options that do not fit.
 */
export async function openLayersModel(
  source: ByteLocation | tfl.LayersModel,
  options: ClassifierOptions,
): Promise<Classifier> {
  await tf.ready()
  if (source instanceof tfl.LayersModel) {
    const hash = await hashOf(source)
    return open(source, hash, options, () => {})
  }
  const { artifacts, hash } = await readLayersArtifacts(source)
  const model = await load(artifacts)
  return open(model, hash, options, () => disposeAll(model))
}

/** `LayersModel.dispose` counts references and keeps the weights of a layer that is used twice. */
function disposeAll(model: tfl.LayersModel): void {
  const weights = model.getWeights()
  model.dispose()
  tf.dispose(weights)
}

async function load(artifacts: tf.io.ModelArtifacts): Promise<tfl.LayersModel> {
  try {
    return await tfl.loadLayersModel({ load: async () => artifacts })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `openLayersModel: ${message}`, { cause: error })
  }
}

async function open(
  model: tfl.LayersModel,
  hash: string,
  options: ClassifierOptions,
  dispose: () => void,
): Promise<Classifier> {
  try {
    const network = await createProgramNetwork(layersProgramOf(model, dispose), options)
    return createTfjsClassifier(network, { ...options, hash, format: 'tfjs-layers' })
  } catch (error) {
    throw toVatunError(error, 'openLayersModel')
  }
}

function layersProgramOf(model: tfl.LayersModel, dispose: () => void) {
  try {
    return layersProgram(model, dispose)
  } catch (error) {
    dispose()
    throw error
  }
}

/** Topology and weight values; there is no file to hash. */
async function hashOf(model: tfl.LayersModel): Promise<string> {
  const topology = new TextEncoder().encode(JSON.stringify(model.toJSON(null, false)))
  const weights = await Promise.all(model.getWeights().map((weight) => weight.data()))
  return sha256(new Uint8Array(await new Blob([topology, ...(weights as Float32Array<ArrayBuffer>[])]).arrayBuffer()))
}
