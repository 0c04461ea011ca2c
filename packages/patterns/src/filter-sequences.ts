import type { FilterRef } from '@vatun/core'
import { VatunError } from '@vatun/core'

/** A convolution layer as far as sequences need it; core's `LayerInfo` is one. */
export interface SequenceLayer {
  readonly name: string
  /** Filters of the layer. */
  readonly channels: number
}

/**
 * The most activated filter of every convolution layer, image by image.
 *
 * An item is `layer position × stride + filter`, where `stride` is the largest number of filters of any layer. Two different
 * filters therefore never share an item, and items of deeper layers are larger. {@link filterOf} decodes.
 */
export interface FilterSequences {
  /** `[n][layers]` items in order of execution. Row `r` belongs to row `r` of the survey. */
  readonly sequences: readonly Int32Array[]
  readonly stride: number
  readonly layers: readonly SequenceLayer[]
}

/**
 * Reduces each image to the sequence of its most activated filters: the argmax over the filters of each layer of their spatial
 * maxima; the first of equals wins (Park et al., "VATUN", EuroVis 2021, neural patterns).
 *
 * @param survey `maxima`: `[n, filters]` spatial maxima, layers in order of execution; a core `Survey` is one.
 * @param layers The convolution layers in the same order; their channels sum to `filters`.
 * @throws VatunError `bad-input` if the layers do not fit the maxima, or a maximum is NaN.
 */
export function sequencesOf(
  survey: { readonly maxima: Float32Array; readonly filters: number },
  layers: readonly SequenceLayer[],
): FilterSequences {
  const { maxima, filters } = survey
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0)
  if (channels !== filters || filters === 0 || maxima.length % filters !== 0)
    throw new VatunError(
      'bad-input',
      `sequencesOf: ${layers.length} layers with ${channels} filters do not fit ${maxima.length} maxima of ${filters} filters, pass the convolution layers of the surveyed model`,
      { details: { channels, filters, maxima: maxima.length } },
    )
  const stride = layers.reduce((most, layer) => Math.max(most, layer.channels), 0)
  const sequences: Int32Array[] = []
  for (let row = 0; row < maxima.length; row += filters) {
    const sequence = new Int32Array(layers.length)
    let first = row
    for (const [l, layer] of layers.entries()) {
      sequence[l] = l * stride + mostActivated(maxima, first, layer)
      first += layer.channels
    }
    sequences.push(sequence)
  }
  return { sequences, stride, layers }
}

/** The filter that an item of {@link FilterSequences} stands for. @throws VatunError `bad-input` for an item that names none. */
export function filterOf(encoding: Omit<FilterSequences, 'sequences'>, item: number): FilterRef {
  const layer = encoding.layers[Math.floor(item / encoding.stride)]
  const filter = item % encoding.stride
  if (!layer || !Number.isInteger(item) || filter >= layer.channels)
    throw new VatunError('bad-input', `filterOf: item ${item} names no filter, pass an item of these sequences`, {
      details: { item },
    })
  return { layer: layer.name, filter }
}

function mostActivated(maxima: Float32Array, first: number, layer: SequenceLayer): number {
  let best = 0
  for (let filter = 0; filter < layer.channels; filter++) {
    const value = maxima[first + filter]!
    if (Number.isNaN(value))
      throw new VatunError(
        'bad-input',
        `sequencesOf: filter ${filter} of layer "${layer.name}" has the maximum NaN, check the model's weights and preprocessing`,
        { details: { layer: layer.name, filter } },
      )
    if (value > maxima[first + best]!) best = filter
  }
  return best
}
