import * as tf from '@tensorflow/tfjs-core'
import {
  type ByteLocation,
  type Classifier,
  type Preprocessing,
  readBytes,
  sha256,
  toVatunError,
  VatunError,
} from '@vatun/core'
import {
  type ClassifierOptions,
  createPreprocessor,
  createProgramNetwork,
  createTfjsClassifier,
  type Program,
  type ProgramNetwork,
} from '@vatun/core/layers'
import { compile } from './compile.js'
import { type ExternalFiles, readExternalFiles } from './external-data.js'
import { readGraph } from './graph.js'
import type { ImageInput } from './image-input.js'
import { Model, type ModelProto } from './proto.js'

/** The file's bytes, or where they are. */
export type OnnxSource = ByteLocation | Uint8Array | ArrayBuffer

/** A file opened on tfjs, with what another engine needs to run the same graph. */
export interface OpenedProgram {
  readonly classifier: Classifier
  readonly bytes: Uint8Array
  /** Files beside it that hold weights. */
  readonly files: ExternalFiles
  /** The names of its values are those of the file. The classifier owns the weights. */
  readonly program: Program
  readonly readScores: ProgramNetwork['readScores']
  /** The input as the file has it. */
  readonly image: ImageInput
}

/** Reads, checks and compiles a file; see `openOnnx`. */
export async function openProgram(source: OnnxSource, options: ClassifierOptions): Promise<OpenedProgram> {
  const bytes = await bytesOf(source)
  try {
    await tf.ready()
    const isPlace = typeof source === 'string' || source instanceof URL
    const model = decode(bytes, isPlace ? `${source} is ` : '')
    const files = await readExternalFiles(model, isPlace ? String(source) : undefined)
    const hash = await hashOf([bytes, ...files.values()])
    const graph = readGraph(model, { ...options, files })
    checkPreprocessing(options.preprocessing, graph.input)
    const program = compile(graph)
    const network = await createProgramNetwork(program, options)
    const classifier = createTfjsClassifier(network, { ...options, hash, format: 'onnx' })
    return { classifier, bytes, files, program, readScores: network.readScores, image: graph.input }
  } catch (error) {
    throw toVatunError(error, 'openOnnx')
  }
}

/** Whole numbers need pixels from 0 to 255. */
function checkPreprocessing(preprocessing: Preprocessing, image: ImageInput): void {
  if (image.element !== 'uint8') return
  const preprocessor = createPreprocessor(preprocessing, image)
  const { height, width, channels } = preprocessor.input
  const [black, white] = tf.tidy(() =>
    [0, 1].map((value) => preprocessor.apply(tf.fill([1, height, width, channels], value)).dataSync()[0]!),
  )
  preprocessor.dispose()
  if (black! >= 0 && white! > 1 && white! < 255.01) return
  throw new VatunError(
    'bad-input',
    `openOnnx: input "${image.name}" takes whole numbers from 0 to 255 (uint8), but the preprocessing makes ${black} of black and ${white} of white: set it to { "scale": 255 }`,
  )
}

/** The hash of the file, or of the hashes of all files where weights lie beside it. */
async function hashOf(files: readonly Uint8Array[]): Promise<string> {
  const hashes = await Promise.all(files.map((file) => sha256(file)))
  return hashes.length === 1 ? hashes[0]! : sha256(new TextEncoder().encode(hashes.join('\n')))
}

async function bytesOf(source: OnnxSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  return readBytes(source, 'openOnnx')
}

/**
 * Reads the message of a file.
 * @param what Begins the error's sentence: which file is not one.
 * @throws VatunError `bad-input`
 */
export function decode(bytes: Uint8Array, what = ''): ModelProto {
  try {
    return Model.read(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `openOnnx: ${what}not an ONNX file, or a damaged one (${reason})`, {
      cause: error,
    })
  }
}
