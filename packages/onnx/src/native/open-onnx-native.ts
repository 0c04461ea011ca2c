import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, findLayer, type ImageBatch, type Tap, toVatunError, VatunError } from '@vatun/core'
import { type ClassifierOptions, checkImages, chunkSize, createSink, findLayerValues } from '@vatun/core/layers'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { float16ToFloat32 } from '../constant.js'
import { type OnnxSource, type OpenedProgram, openProgram } from '../open-program.js'
import { appendNodes } from './append-nodes.js'
import { createPixelFeed } from './feed-pixels.js'
import { type LayerOutput, SCORES, scoresNode, tapName, tapNode } from './fetch-plan.js'
import { toFileInput } from './file-input.js'
import { loadOnnxruntime, type Onnxruntime } from './load-onnxruntime.js'
import { createSessionCache } from './session-cache.js'

/** How onnxruntime executes. */
export interface NativeOptions {
  /** Threads of one forward pass. Default: one for each core this process may use. */
  readonly threads?: number
  /** Execution providers of onnxruntime in the order of preference. Default `['cpu']`. */
  readonly providers?: readonly string[]
}

/** Sets of taps whose sessions are kept, and after how many calls with other taps no longer. */
const SESSIONS = { limit: 3, patience: 8 }

/**
 * Opens an ONNX image classifier on onnxruntime: the same contract, layer names and errors as `openOnnx`, several times its speed.
 *
 * The file is inspected, and gradients are computed, by the differentiable network of `openOnnx` on the current tfjs backend;
 * forward passes run natively. They block the thread, so use a worker where that matters. Taps become outputs of the graph, reduced
 * inside it. Each set of taps has a session of its own, for outputs change how onnxruntime fuses nodes and so the last bits of a
 * result, which must not depend on what was asked before; the sessions of the last few sets are kept.
 *
 * @param source The file's bytes, which must not change while the classifier is open, or where they are.
 * @param options Name, class names and preprocessing; a `ModelSpec` will do.
 * @returns The caller disposes it.
 * @throws VatunError as `openOnnx`, and `unsupported` if `onnxruntime-node` is not installed or cannot run the model.
 */
export async function openOnnxNative(
  source: OnnxSource,
  options: ClassifierOptions & NativeOptions,
): Promise<Classifier> {
  const onnxruntime = await loadOnnxruntime()
  const opened = await openProgram(source, options)
  try {
    return await createNativeClassifier(onnxruntime, opened, options)
  } catch (error) {
    opened.classifier.dispose()
    throw toVatunError(error, 'openOnnxNative')
  }
}

async function createNativeClassifier(
  { InferenceSession, Tensor }: Onnxruntime,
  { classifier, bytes, files, program, readScores, image }: OpenedProgram,
  { preprocessing, threads = availableParallelism(), providers = ['cpu'] }: ClassifierOptions & NativeOptions,
): Promise<Classifier> {
  const { info } = classifier
  const network = program.input
  const classes = info.classNames.length
  const feed = createPixelFeed(preprocessing, network)
  const outputs = createLayerOutputs(classifier, program)
  const sessions = createSessionCache(SESSIONS)
  const withSession = <T>(taps: readonly Tap[], task: (session: InferenceSession) => Promise<T>): Promise<T> => {
    const distinct = new Map(taps.map((tap) => [tapName(tap), tap]))
    const create = async () => {
      const nodes = [scoresNode(program.output)]
      for (const tap of distinct.values()) nodes.push(tapNode(tap, await outputs(tap.layer)))
      return InferenceSession.create(appendNodes(bytes, nodes), {
        executionProviders: [...providers],
        executionMode: 'sequential',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
        externalData: Array.from(files, ([path, data]) => ({ path, data })),
      })
    }
    return sessions.use([...distinct.keys()].sort().join('\n'), create, task)
  }
  // Fresh memory for every call costs more than filling it. A call takes the buffer away, so that two at once do not share it.
  let spare: Float32Array | undefined
  let disposed = false
  const use = (): void => {
    if (disposed) throw new VatunError('bad-input', `predict: ${info.name} is disposed, open it again`)
  }

  const classifierOnOnnxruntime: Classifier = {
    info,
    ...(classifier.differentiable && { differentiable: classifier.differentiable }),
    async predict(images, taps = []) {
      use()
      for (const tap of taps) findLayer(info, tap.layer, 'predict')
      const n = checkImages(info, images)
      try {
        const pixels = images instanceof tf.Tensor ? await download(images) : images
        const fetches = [...new Set([SCORES, ...taps.map(tapName)])]
        const sink = createSink(n, info, taps)
        await withSession(taps, async (session) => {
          const chunk = image.batch ?? Math.min(n, chunkSize(info))
          const size = network.channels * network.height * network.width
          const data = spare && spare.length >= chunk * size ? spare : new Float32Array(chunk * size)
          spare = undefined
          for (let start = 0; start < n; start += chunk) {
            use()
            const count = Math.min(chunk, n - start)
            feed.fill(pixels, start, count, data)
            const rows = image.batch ?? count
            const given = toFileInput(data.subarray(0, rows * size), rows, image)
            const results = await session.run({ [image.name]: new Tensor(given.type, given.data, given.dims) }, fetches)
            const { logits, probabilities } = readScores(firstRows(results[SCORES]!, count, rows))
            const columns = [logits, probabilities]
            for (const [i, values] of columns.entries()) sink.write(i, start, [count, classes], values)
            for (const [i, tap] of taps.entries()) {
              const result = results[tapName(tap)]!
              const [, ...own] = result.dims[0] === rows ? result.dims : [1, ...result.dims]
              // A reduced map is `[n, channels, 1, 1]`.
              const shape = [count, ...(tap.reduce === 'none' ? own : own.slice(0, 1))]
              sink.write(columns.length + i, start, shape, firstRows(result, count, rows))
            }
          }
          spare = data
        })
        return sink.prediction()
      } catch (error) {
        throw toVatunError(error, `predict: ${info.name}`)
      }
    },
    dispose() {
      if (disposed) return
      disposed = true
      sessions.clear()
      feed.dispose()
      classifier.dispose()
    },
  }
  // Tells now, not at the first image, what onnxruntime cannot run.
  await withSession([], async () => {})
  return classifierOnOnnxruntime
}

/** Looks up the value of a layer; whether one of 1 × 1 is a map or a vector only a forward pass can tell. */
function createLayerOutputs(classifier: Classifier, program: OpenedProgram['program']) {
  const values = new Map(findLayerValues(program).map(({ name, value }) => [name, value]))
  return async (layer: string): Promise<LayerOutput> => {
    const { height, width, channels } = classifier.info.input
    const { height: rows, width: columns } = findLayer(classifier.info, layer, 'predict')
    const value = values.get(layer)!
    if (rows * columns > 1) return { value, isMap: true }
    const black = { data: new Uint8Array(height * width * channels), n: 1, height, width, channels }
    const { taps } = await classifier.predict(black, [{ layer, reduce: 'none' }])
    return { value, isMap: taps[0]!.shape.length === 4 }
  }
}

async function download(images: tf.Tensor4D): Promise<ImageBatch> {
  const [n, height, width, channels] = images.shape
  return { data: await images.data<'float32'>(), n, height, width, channels }
}

/** The first `count` of the rows of a result, for what a fixed batch size has more is padding; of float32, float16 or float64. */
function firstRows({ data }: OrtTensor, count: number, rows: number): Float32Array {
  const values = data as Float32Array | Float64Array | Uint16Array
  const part = values.subarray(0, (values.length / rows) * count)
  if (part instanceof Float32Array) return part
  return part instanceof Uint16Array ? float16ToFloat32(part) : Float32Array.from(part)
}
