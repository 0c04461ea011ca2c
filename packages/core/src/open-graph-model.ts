import * as tf from '@tensorflow/tfjs-core'
import type { Classifier } from './classifier.js'
import { toVatunError, VatunError } from './errors.js'
import { compileGraph } from './graph/compile.js'
import { readGraph } from './graph/read-graph.js'
import type { ByteLocation } from './read-bytes.js'
import { artifactsOf, decodeWeights, readTfjsArtifacts, type TfjsArtifacts } from './tfjs-artifacts.js'
import { type ClassifierOptions, createTfjsClassifier } from './tfjs-classifier.js'
import { createProgramNetwork, type Program } from './tfjs-program.js'

/** A `GraphModel` of `@tensorflow/tfjs-converter` in memory, or anything else that can be saved in that format. */
export interface GraphModelInMemory {
  save(handler: tf.io.IOHandler): Promise<tf.io.SaveResult>
}

/**
 * Opens a tfjs graph model, as `tensorflowjs_converter` writes it from a SavedModel or a Keras model, on the current tfjs backend. Needs
 * no `@tensorflow/tfjs-converter`.
 *
 * The graph has one image input, `[n, height, width, channels]` or `[n, channels, height, width]`, and an output `[n, classes]`, logits or softmax. Layers get readable names:
 * `StatefulPartitionedCall/resnet/conv1_conv/Conv2D` becomes `conv1_conv`. Every node can be tapped and replaced by its own name as well.
 * Merged convolutions are executed merged in `predict`, and as plain operations where gradients are asked for.
 *
 * @param source The place of `model.json` (a path or URL in Node, a URL in a browser; the weights lie beside it), or a model
 *   in memory, which stays the caller's.
 * @param options Preprocessing, names, overrides of what inspection finds; a `ModelSpec` will do. `outputName` may be any node.
 * @returns The caller disposes it.
 * @throws VatunError `not-found` or `io` if a file cannot be read, `unsupported` for a model that is not covered (all operations
 *   at once), `bad-input` for a damaged one or options that do not fit.
 */
export async function openGraphModel(
  source: ByteLocation | GraphModelInMemory,
  options: ClassifierOptions,
): Promise<Classifier> {
  await tf.ready()
  try {
    const isPlace = typeof source === 'string' || source instanceof URL
    const artifacts = isPlace
      ? await readTfjsArtifacts(source, 'openGraphModel')
      : await artifactsOf(source, 'openGraphModel')
    if (artifacts.format !== 'tfjs-graph')
      throw new VatunError('unsupported', `openGraphModel: ${source} is a layers model, open it with openLayersModel`)
    const program = compile(artifacts, options)
    const network = await createProgramNetwork(program, options)
    return createTfjsClassifier(network, { ...options, hash: artifacts.hash, format: 'tfjs-graph' })
  } catch (error) {
    throw toVatunError(error, 'openGraphModel')
  }
}

function compile(artifacts: TfjsArtifacts, options: ClassifierOptions): Program {
  const weights = decodeWeights(artifacts, 'openGraphModel')
  try {
    return compileGraph(readGraph(artifacts.topology, artifacts.signature, options, weights), weights)
  } catch (error) {
    tf.dispose([...weights.values()])
    throw error
  }
}
