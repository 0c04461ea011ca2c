import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Classifier } from './classifier.js'
import { toVatunError, VatunError } from './errors.js'
import { buildLayersModel, type LayerClass } from './layers-build.js'
import { layersProgram } from './layers-program.js'
import type { ByteLocation } from './read-bytes.js'
import { sha256 } from './sha256.js'
import { readTfjsArtifacts } from './tfjs-artifacts.js'
import { type ClassifierOptions, createTfjsClassifier } from './tfjs-classifier.js'
import { createProgramNetwork } from './tfjs-program.js'

/** What {@link openLayersModel} needs beside the place. */
export interface LayersModelOptions extends ClassifierOptions {
  /** Classes of the model's own layers, unless `tf.serialization.registerClass` knows them already. */
  readonly customLayers?: readonly LayerClass[]
}

/**
 * Opens a tfjs layers model, as `LayersModel.save` or the Keras converter write it, on the current tfjs backend.
 * Works in Node without `tfjs-node`. The topology may be any graph with one image input `[n, height, width, channels]` and an output
 * `[n, classes]`, logits or softmax. Layers keep their names; those of a model inside the model get its name in front, `base.conv1`.
 * Every layer can be tapped and replaced by its name, also the ones that `info.layers` does not list because they continue another.
 *
 * @param source The place of `model.json` (a path or URL in Node, a URL in a browser; the weights lie beside it), or a
 *   model in memory, which stays the caller's.
 * @param options Preprocessing, names, overrides of what inspection finds; a `ModelSpec` will do.
 * @returns The caller disposes it.
 * @throws VatunError `not-found` or `io` if a file cannot be read, `unsupported` for a model that is not covered, `bad-input`
 *   for a damaged one or options that do not fit.
 */
export async function openLayersModel(
  source: ByteLocation | tfl.LayersModel,
  options: LayersModelOptions,
): Promise<Classifier> {
  await tf.ready()
  if (source instanceof tfl.LayersModel) {
    const hash = await hashOf(source)
    return open(source, hash, options, () => {})
  }
  const artifacts = await readTfjsArtifacts(source, 'openLayersModel')
  if (artifacts.format !== 'tfjs-layers')
    throw new VatunError('unsupported', `openLayersModel: ${source} is a graph model, open it with openGraphModel`)
  const model = await buildLayersModel(artifacts, options.customLayers ?? [])
  return open(model, artifacts.hash, options, () => disposeAll(model))
}

/** `LayersModel.dispose` counts references and keeps the weights of a layer that is used twice. */
function disposeAll(model: tfl.LayersModel): void {
  const weights = model.getWeights()
  model.dispose()
  tf.dispose(weights)
}

async function open(
  model: tfl.LayersModel,
  hash: string,
  options: ClassifierOptions,
  dispose: () => void,
): Promise<Classifier> {
  try {
    const network = await createProgramNetwork(layersProgramOf(model, options, dispose), options)
    return createTfjsClassifier(network, { ...options, hash, format: 'tfjs-layers' })
  } catch (error) {
    throw toVatunError(error, 'openLayersModel')
  }
}

function layersProgramOf(model: tfl.LayersModel, options: ClassifierOptions, dispose: () => void) {
  try {
    return layersProgram(model, options, dispose)
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
