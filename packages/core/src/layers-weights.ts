import type * as tf from '@tensorflow/tfjs-core'

/** A weight that a model needs: `layer/weight` and its sizes. */
export interface NeededWeight {
  readonly originalName: string
  readonly shape: readonly (number | null)[]
}

/** What Keras 3 puts between the names of layers. */
const MACHINERY: ReadonlySet<string> = new Set(['_layer_checkpoint_dependencies', 'layers', 'vars'])

/**
 * Gives the weights of a file the names by which TensorFlow.js looks for them. Keras 3 writes the path of models in front
 * (`sequential/conv/kernel`), numbers in the place of names (`conv/vars/0`), or a plain `kernel` for that of a depthwise convolution; seeds
 * of layers that draw are no weights.
 *
 * @returns The same tensors; what fits nothing keeps its name.
 */
export function nameWeights(
  weights: ReadonlyMap<string, tf.Tensor>,
  needed: readonly NeededWeight[],
): Map<string, tf.Tensor> {
  const missing = new Map(
    needed.flatMap((weight) => (weights.has(weight.originalName) ? [] : [[weight.originalName, weight] as const])),
  )
  const result = new Map<string, tf.Tensor>()
  for (const [name, tensor] of weights) {
    if (needed.some(({ originalName }) => originalName === name)) result.set(name, tensor)
    else if (!/(^|\/)seed_generator(_\d+)?\//.test(name)) {
      const found = findName(name, tensor, missing, needed) ?? name
      missing.delete(found)
      result.set(found, tensor)
    }
  }
  return result
}

function findName(
  name: string,
  { shape }: tf.Tensor,
  missing: ReadonlyMap<string, NeededWeight>,
  needed: readonly NeededWeight[],
): string | undefined {
  const parts = name.split('/')
  const suffixes = parts.map((_, start) => parts.slice(start).join('/'))
  const same = suffixes.find((suffix) => missing.has(suffix))
  if (same !== undefined) return same
  const path = parts.filter((part) => !MACHINERY.has(part))
  const [layer, own] = [path.at(-2), path.at(-1)!]
  if (layer === undefined) return undefined
  const ofLayer = needed.filter(({ originalName }) => originalName.split('/').at(-2) === layer)
  if (/^\d+$/.test(own)) return ofLayer[Number(own)]?.originalName
  return ofLayer.find((weight) => missing.has(weight.originalName) && weight.shape.join() === shape.join())
    ?.originalName
}
