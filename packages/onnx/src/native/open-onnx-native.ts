import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, findLayer, type ImageBatch, type Tap, toVatunError, VatunError } from '@vatun/core'
import { type ClassifierOptions, checkImages, chunkSize, createSink, findLayerValues } from '@vatun/core/layers'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { type OnnxSource, type OpenedProgram, openProgram } from '../open-program.js'
import { appendNodes } from './append-nodes.js'
import { createPixelFeed } from './feed-pixels.js'
import { type LayerOutput, LOGITS, PROBABILITIES, scoreNodes, tapName, tapNode } from './fetch-plan.js'
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

/** Logarithm of the smallest normal float32: probabilities below it count as it, as on tfjs. */
const LEAST_LOG = Math.log(2 ** -126)

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
  { classifier, bytes, files, program }: OpenedProgram,
  { preprocessing, threads = availableParallelism(), providers = ['cpu'] }: ClassifierOptions & NativeOptions,
): Promise<Classifier> {
  const { info } = classifier
  const { value: input, ...network } = program.input
  const feed = createPixelFeed(preprocessing, network)
  const outputs = createLayerOutputs(classifier, program)
  const isValue = info.output === 'logits' || program.beforeSigmoid
  const scores = scoreNodes(program.output, isValue ? 'logits' : program.beforeSoftmax ? 'before-softmax' : 'softmax')
  const sessions = createSessionCache(SESSIONS)
  const withSession = <T>(taps: readonly Tap[], task: (session: InferenceSession) => Promise<T>): Promise<T> => {
    const distinct = new Map(taps.map((tap) => [tapName(tap), tap]))
    const create = async () => {
      const nodes = [...scores]
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
        const columns = [
          { name: LOGITS, reduced: false },
          { name: PROBABILITIES, reduced: false },
          ...taps.map((tap) => ({ name: tapName(tap), reduced: tap.reduce !== 'none' })),
        ]
        const fetches = [...new Set(columns.map(({ name }) => name))]
        const sink = createSink(n, info, taps)
        await withSession(taps, async (session) => {
          const fixed = fixedBatch(session, input)
          const chunk = fixed ?? Math.min(n, chunkSize(info))
          const size = network.channels * network.height * network.width
          const data = spare && spare.length >= chunk * size ? spare : new Float32Array(chunk * size)
          spare = undefined
          for (let start = 0; start < n; start += chunk) {
            use()
            const count = Math.min(chunk, n - start)
            feed.fill(pixels, start, count, data)
            const rows = fixed ?? count
            const dims = [rows, network.channels, network.height, network.width]
            const feeds = { [input]: new Tensor('float32', data.subarray(0, rows * size), dims) }
            const results = await session.run(feeds, fetches)
            if (results[LOGITS]!.dims[1] === 1) splitInTwo(results, Tensor)
            for (const [i, { name, reduced }] of columns.entries()) {
              const { values, shape } = rowsOf(results[name]!, count, reduced)
              sink.write(i, start, shape, values)
            }
          }
          spare = data
        })
        const prediction = sink.prediction()
        if (!isValue) raise(prediction.logits, LEAST_LOG)
        return prediction
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

/** The only batch size that the file allows, if it is not open. */
function fixedBatch(session: InferenceSession, input: string): number | undefined {
  const metadata = session.inputMetadata.find(({ name }) => name === input)
  const batch = metadata?.isTensor ? metadata.shape[0] : undefined
  return typeof batch === 'number' && batch > 0 ? batch : undefined
}

async function download(images: tf.Tensor4D): Promise<ImageBatch> {
  const [n, height, width, channels] = images.shape
  return { data: await images.data<'float32'>(), n, height, width, channels }
}

/** The first `count` rows of a result, for what a fixed batch size has more is padding. A reduced map is `[n, channels, 1, 1]`. */
function rowsOf({ data, dims }: OrtTensor, count: number, reduced: boolean) {
  const rows = dims[0]!
  return {
    values: (data as Float32Array).subarray(0, (data.length / rows) * count),
    shape: [count, ...(reduced ? dims.slice(1, 2) : dims.slice(1))],
  }
}

/** One logit `z` of two classes to `-z/2` and `z/2`, and their softmax; see `readScores`. */
function splitInTwo(results: Record<string, OrtTensor>, Tensor: Onnxruntime['Tensor']): void {
  const given = results[LOGITS]!.data as Float32Array
  const write = (name: string, pair: (z: number) => readonly [number, number]): void => {
    results[name] = new Tensor('float32', Float32Array.from(Array.from(given, pair).flat()), [given.length, 2])
  }
  write(LOGITS, (z) => [-z / 2, z / 2])
  write(PROBABILITIES, (z) => [1 / (1 + Math.exp(z)), 1 / (1 + Math.exp(-z))])
}

function raise(values: Float32Array, least: number): void {
  for (let i = 0; i < values.length; i++) if (values[i]! < least) values[i] = least
}
