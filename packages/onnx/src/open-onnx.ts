import * as tf from '@tensorflow/tfjs-core'
import { type ByteLocation, type Classifier, readBytes, sha256, toVatunError, VatunError } from '@vatun/core'
import { type ClassifierOptions, createProgramNetwork, createTfjsClassifier } from '@vatun/core/layers'
import { compile } from './compile.js'
import { readGraph } from './graph.js'
import { Model, type ModelProto } from './proto.js'

/**
 * Opens an ONNX image classifier as a differentiable network on the current tfjs backend.
 *
 * The file has one float32 input `[n, channels, height, width]` of fixed size and gives `[n, classes]`, logits or softmax.
 * Inside, images are channels-last. Layer names are made readable: `/blocks/blocks.3/c1/Conv` becomes `blocks.3.c1`.
 *
 * @param source The file's bytes, or where they are: a path or URL in Node, a URL in a browser.
 * @param options Name, class names and preprocessing; a `ModelSpec` will do.
 * @returns The caller disposes it.
 * @throws VatunError `not-found` or `io` if the file cannot be read, `unsupported` for a valid model that is not covered
 *   (all unsupported operators at once), `bad-input` for a damaged file or options that do not fit.
 */
export async function openOnnx(
  source: ByteLocation | Uint8Array | ArrayBuffer,
  options: ClassifierOptions,
): Promise<Classifier> {
  const bytes = await bytesOf(source)
  const hash = await sha256(bytes)
  await tf.ready()
  try {
    const network = await createProgramNetwork(compile(readGraph(decode(bytes))))
    return createTfjsClassifier(network, { ...options, hash, format: 'onnx' })
  } catch (error) {
    throw toVatunError(error, 'openOnnx')
  }
}

async function bytesOf(source: ByteLocation | Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  return readBytes(source, 'openOnnx')
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return Model.read(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `openOnnx: not an ONNX file, or a damaged one (${reason})`, { cause: error })
  }
}
