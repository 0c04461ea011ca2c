import type { ClassifierInfo } from '../../classifier.js'
import type { FilterRef } from '../../patterns.js'
import type { ActivationsResult } from '../ports.js'

/** A convolution layer as a block of filters; filter `f` is number `start + f` of the whole network. */
export interface NetworkLayer {
  readonly name: string
  readonly filters: number
  readonly start: number
}

/** A filter with what is known of it. `excess` is `activation - baseline` as a share of the layer's strongest baseline. */
export interface FilterActivation extends FilterRef {
  readonly activation: number
  readonly baseline: number
  readonly excess: number
}

/** How strongly each filter is to be drawn. */
export interface NetworkEmphasis {
  /** `[filters]`, 0 (as usual or less) … 1. */
  readonly strength: Float32Array
  /** What strength 1 stands for, as a share of the layer's strongest baseline. */
  readonly scale: number
  /** Filters whose baseline is below one percent of the strongest of their layer: they hardly ever react. */
  readonly silent: number
  /** The filters that stand out most, strongest first, at most eight. */
  readonly standouts: readonly FilterActivation[]
}

/** The convolution layers in order of execution. */
export function networkLayers(model: ClassifierInfo): readonly NetworkLayer[] {
  let start = 0
  return model.layers
    .filter((layer) => layer.kind === 'conv')
    .map((layer) => {
      const block = { name: layer.name, filters: layer.channels, start }
      start += layer.channels
      return block
    })
}

/** Position of a filter among all filters of the network, -1 when there is no such filter. */
export function filterPosition(layers: readonly NetworkLayer[], ref: FilterRef): number {
  const layer = layers.find(({ name }) => name === ref.layer)
  return layer && ref.filter >= 0 && ref.filter < layer.filters ? layer.start + ref.filter : -1
}

/** The filter at a position among all filters of the network. */
export function filterAt(layers: readonly NetworkLayer[], position: number): FilterRef | null {
  const layer = layers.find(({ start, filters }) => position >= start && position < start + filters)
  return layer ? { layer: layer.name, filter: position - layer.start } : null
}

/**
 * Makes activations comparable over layers, whose magnitudes differ: each is divided by the strongest baseline of its layer.
 * With `compare`, what counts is how far a filter rises above its own baseline; without, the activation itself.
 * Strength 1 is reached by the top half percent, so that one outlier does not dim the rest.
 */
export function emphasise(
  layers: readonly NetworkLayer[],
  result: ActivationsResult,
  compare: boolean,
): NetworkEmphasis {
  const excess = relativeExcess(layers, result)
  const score = compare ? excess : relativeTo(layers, result.baseline, result.values)
  const usual = relativeTo(layers, result.baseline, result.baseline)
  const ascending = score.slice().sort()
  const scale = Math.max(0, ascending[Math.ceil(score.length * 0.995) - 1] ?? 0)
  return {
    strength: score.map((value) => (scale > 0 ? Math.min(1, Math.max(0, value / scale)) : 0)),
    scale,
    silent: usual.reduce((count, value) => count + (value < 0.01 ? 1 : 0), 0),
    standouts: strongest(score, 8).map((position) => ({
      ...filterAt(layers, position)!,
      activation: result.values[position]!,
      baseline: result.baseline[position]!,
      excess: excess[position]!,
    })),
  }
}

/** Positions of the `count` largest positive scores, largest first, in one pass: there may be hundreds of thousands. */
function strongest(score: Float32Array, count: number): readonly number[] {
  const best: number[] = []
  for (const [position, value] of score.entries()) {
    if (!(value > 0) || (best.length === count && value <= score[best[count - 1]!]!)) continue
    const rank = best.findIndex((other) => score[other]! < value)
    best.splice(rank < 0 ? best.length : rank, 0, position)
    if (best.length > count) best.pop()
  }
  return best
}

function relativeExcess(layers: readonly NetworkLayer[], { values, baseline }: ActivationsResult): Float32Array {
  return relativeTo(
    layers,
    baseline,
    values.map((value, i) => value - baseline[i]!),
  )
}

function relativeTo(layers: readonly NetworkLayer[], baseline: Float32Array, values: Float32Array): Float32Array {
  const relative = new Float32Array(values.length)
  for (const { start, filters } of layers) {
    let strongest = 0
    for (let i = start; i < start + filters; i++) strongest = Math.max(strongest, baseline[i]!)
    if (strongest > 0) for (let i = start; i < start + filters; i++) relative[i] = values[i]! / strongest
  }
  return relative
}
