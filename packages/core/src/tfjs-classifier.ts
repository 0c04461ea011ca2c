// Registers the gradients of the operations, which tfjs-core alone does not.
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import type { Classifier, ClassifierInfo, DifferentiableModel, Tap } from './classifier.js'
import { toVatunError, VatunError } from './errors.js'
import { findLayer } from './find-layer.js'
import { checkImages, checkSize, chunkSize, createSink } from './forward-batches.js'
import { registerGradients } from './gradients/index.js'
import { type ImageBatch, toTensor } from './image-batch.js'
import type { ModelSpec } from './model-spec.js'
import { createPreprocessor, type Preprocessor } from './preprocessing.js'
import { shapeFinder } from './tap-shapes.js'
import { type Fetch, LOGITS, type TfjsNetwork } from './tfjs-network.js'
import { registerWasmKernels } from './wasm-kernels/index.js'

/** What opening a model needs beside its bytes: a `ModelSpec` without the place. */
export interface ClassifierOptions extends Omit<ModelSpec, 'format' | 'url' | 'name' | 'classNames'> {
  /** Default `model`. */
  readonly name?: string
  /** One per output. Default: their numbers, from 0. */
  readonly classNames?: readonly string[]
}

/**
 * Turns a network into a {@link Classifier}, which owns the network from then on, also when this throws.
 * Large batches are cut into chunks, so that memory stays bounded.
 * @throws VatunError `bad-input` for class names or preprocessing that do not fit the network, `not-found` for an
 *   overriding layer that does not exist.
 */
export function createTfjsClassifier(
  network: TfjsNetwork,
  options: ClassifierOptions & Pick<ClassifierInfo, 'hash' | 'format'>,
): Classifier {
  try {
    const description = describe(network, options)
    const preprocessor = createPreprocessor(options.preprocessing, network.input)
    const info = { ...description, input: preprocessor.input }
    const chunk = Math.min(chunkSize(info), chunkSize(network))
    const shapesOf = shapeFinder(info, network.nodes)
    let disposed = false
    const use = (where: string): void => {
      if (disposed) throw new VatunError('bad-input', `${where}: ${info.name} is disposed, open it again`)
    }

    const differentiable: DifferentiableModel = {
      logits: (images) => {
        use('logits')
        checkSize(info, images.shape, 'logits')
        return forward('logits', images, LOGITS) as tf.Tensor2D
      },
      activation: (images, layer) => {
        use('activation')
        shapesOf(layer, 'activation')
        checkSize(info, images.shape, 'activation')
        return forward('activation', images, layer)
      },
      logitsFrom: (images, layer, activation) => {
        use('logitsFrom')
        checkSize(info, images.shape, 'logitsFrom')
        checkActivation(layer, shapesOf(layer, 'logitsFrom'), activation, images.shape[0])
        return forward('logitsFrom', images, LOGITS, { layer, activation }) as tf.Tensor2D
      },
    }
    const forward = (
      where: string,
      images: tf.Tensor4D,
      fetch: Fetch,
      replace?: { layer: string; activation: tf.Tensor },
    ): tf.Tensor =>
      tf.tidy(() => {
        // Gradients are right and fast also where nobody prepared the backend.
        registerGradients()
        registerWasmKernels()
        try {
          const options = { differentiable: true, ...(replace && { replace }) }
          return network.run(preprocessor.apply(images), [fetch], options)[0]!
        } catch (error) {
          throw toVatunError(error, `${where}: ${info.name}`)
        }
      })

    return {
      info,
      differentiable,
      async predict(images, taps = []) {
        use('predict')
        for (const tap of taps) shapesOf(tap.layer, 'predict')
        const n = checkImages(info, images)
        registerWasmKernels()
        try {
          const sink = createSink(n, info, taps, shapesOf)
          for (let start = 0; start < n; start += chunk) {
            use('predict')
            const count = Math.min(chunk, n - start)
            const results = tf.tidy(() => {
              const input = preprocess(preprocessor, images, start, count)
              const fetches: Fetch[] = [LOGITS, ...taps.map((tap) => tap.layer)]
              const [logits, ...outputs] = network.run(input, fetches, {
                differentiable: false,
                reduce: (output, i) => reduce(output, taps[i - 1]!.reduce),
              })
              return [logits!, tf.softmax(logits!), ...outputs]
            })
            try {
              for (const [i, result] of results.entries()) sink.write(i, start, result.shape, await result.data())
            } finally {
              tf.dispose(results)
            }
          }
          return sink.prediction()
        } catch (error) {
          throw toVatunError(error, `predict: ${info.name}`)
        }
      },
      dispose() {
        if (disposed) return
        disposed = true
        preprocessor.dispose()
        network.dispose()
      },
    }
  } catch (error) {
    network.dispose()
    throw error
  }
}

function describe(
  network: TfjsNetwork,
  options: ClassifierOptions & Pick<ClassifierInfo, 'hash' | 'format'>,
): ClassifierInfo {
  const { name = 'model', hash, format } = options
  const classNames = options.classNames ?? Array.from({ length: network.classes }, (_, i) => String(i))
  if (classNames.length !== network.classes)
    throw new VatunError(
      'bad-input',
      `${name}: ${classNames.length} class names for ${network.classes} outputs, expected one name per output`,
      { details: { classNames, outputs: network.classes } },
    )
  const { input, layers, output } = network
  const lastConv = options.lastConv ?? layers.findLast((layer) => layer.kind === 'conv')?.name ?? ''
  const penultimate = options.penultimate ?? network.penultimate
  const info: ClassifierInfo = { name, hash, format, input, classNames, layers, penultimate, lastConv, output }
  findLayer(info, penultimate, 'penultimate')
  if (lastConv !== '') findLayer(info, lastConv, 'lastConv')
  return info
}

function checkActivation(
  layer: string,
  shapes: readonly (readonly number[])[],
  activation: tf.Tensor,
  n: number,
): void {
  const { shape } = activation
  const expected = shapes.map((own) => [n, ...own])
  if (expected.some((e) => e.length === shape.length && e.every((size, i) => size === shape[i]))) return
  throw new VatunError(
    'bad-input',
    `logitsFrom: activation of "${layer}" is [${shape.join(', ')}], expected ${expected.map((e) => `[${e.join(', ')}]`).join(' or ')}`,
    { details: { shape, expected } },
  )
}

/** Images `start … start + count - 1` as the network's input; call it inside `tf.tidy`. Host images are resized before they are uploaded. */
function preprocess(
  preprocessor: Preprocessor,
  images: ImageBatch | tf.Tensor4D,
  start: number,
  count: number,
): tf.Tensor4D {
  if (images instanceof tf.Tensor)
    return preprocessor.apply(
      count === images.shape[0] ? images : tf.slice(images, [start, 0, 0, 0], [count, -1, -1, -1]),
    )
  const size = images.height * images.width * images.channels
  const part = { ...images, n: count, data: images.data.subarray(start * size, (start + count) * size) }
  return preprocessor.applyToPixels(toTensor(preprocessor.resizeOnHost(part)))
}

function reduce(output: tf.Tensor, how: Tap['reduce']): tf.Tensor {
  if (how === 'none' || output.rank !== 4) return tf.clone(output)
  return how === 'max' ? tf.max(output, [1, 2]) : tf.mean(output, [1, 2])
}
