import type { Analysis } from './analysis.js'
import type { ClassifierInfo, Tap } from './classifier.js'
import { convLayers, penultimateTap } from './find-layer.js'

/**
 * What one forward pass over a data set tells, row by row in the order of the run.
 * Row `r` belongs to data set image `indices[r]`.
 */
export interface Survey {
  /** `[n]` data set indices. */
  readonly indices: Int32Array
  readonly classes: number
  /** `[n, classes]` softmax. */
  readonly probabilities: Float32Array
  /** `[n, featureSize]` output of the penultimate layer. */
  readonly features: Float32Array
  readonly featureSize: number
  /** `[n, filters]` spatial maximum of every filter of every convolution layer, layers in order of execution. */
  readonly maxima: Float32Array
  readonly filters: number
}

/** Rows of a shard; a partial is a list of them, so that merging copies nothing. */
export type SurveyPartial = readonly Survey[]

/**
 * Predictions, penultimate features and the spatial maxima of all convolution filters in a single pass: what the embedding,
 * the network view, the sequences and the confusion matrix all start from.
 */
export function survey(info: ClassifierInfo): Analysis<SurveyPartial, Survey> {
  const layers = convLayers(info)
  const taps = [penultimateTap(info), ...layers.map((layer): Tap => ({ layer: layer.name, reduce: 'max' }))]
  const filters = layers.reduce((sum, l) => sum + l.channels, 0)
  return {
    spec: { name: 'survey', params: {} },
    async partial({ classifier, dataset }, indices) {
      const prediction = await classifier.predict(await dataset.images(indices), taps)
      const [features, ...maxima] = prediction.taps
      const n = indices.length
      const packed = new Float32Array(n * filters)
      let offset = 0
      for (const [l, layer] of layers.entries()) {
        const values = maxima[l]!.data
        for (let row = 0; row < n; row++)
          packed.set(values.subarray(row * layer.channels, (row + 1) * layer.channels), row * filters + offset)
        offset += layer.channels
      }
      return [
        {
          indices: Int32Array.from(indices),
          classes: prediction.classes,
          probabilities: prediction.probabilities,
          features: features!.data,
          featureSize: features!.data.length / n,
          maxima: packed,
          filters,
        },
      ]
    },
    merge: (a, b) => [...a, ...b],
    finish: concatenate,
  }
}

function concatenate(blocks: SurveyPartial): Survey {
  const first = blocks[0]!
  if (blocks.length === 1) return first
  return {
    ...first,
    indices: Int32Array.from(blocks.flatMap((b) => Array.from(b.indices))),
    probabilities: join(blocks.map((b) => b.probabilities)),
    features: join(blocks.map((b) => b.features)),
    maxima: join(blocks.map((b) => b.maxima)),
  }
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
