import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'

type Weight = Pick<tfl.LayerVariable, 'originalName'>

/** What Keras puts between the keys of layers. */
const MACHINERY: ReadonlySet<string> = new Set(['_layer_checkpoint_dependencies', 'layers', 'vars'])

/** Weights of files that no layer computes by: those of an optimizer, and seeds of layers that draw. */
const FOREIGN = /^optimizer\/|(^|\/)seed_generator(_state$|(_\d+)?\/)/

/**
 * Gives the weights of a file the names by which TensorFlow.js looks for them. Keras 3 writes the path of models in front
 * (`sequential/conv/kernel`), or, from files of its own format, the classes of layers and numbers (`layers/conv2d_1/vars/0`), and a plain
 * `kernel` for that of a depthwise convolution.
 *
 * @returns The same tensors, without those of no layer; what fits nothing keeps its name.
 */
export function nameWeights(weights: ReadonlyMap<string, tf.Tensor>, model: tfl.LayersModel): Map<string, tf.Tensor> {
  const needed = new Map(model.weights.map((weight) => [weight.originalName, weight] as const))
  const missing = new Set(Array.from(needed.keys()).filter((name) => !weights.has(name)))
  const byClass = weightsByClass(model)
  const result = new Map<string, tf.Tensor>()
  for (const [name, tensor] of weights) {
    if (!needed.has(name) && FOREIGN.test(name)) continue
    const found = needed.has(name)
      ? name
      : (findName(
          name,
          [...missing].map((other) => needed.get(other)!),
          byClass,
        ) ?? name)
    missing.delete(found)
    result.set(found, tensor)
  }
  return result
}

function findName(
  name: string,
  missing: readonly Weight[],
  byClass: ReadonlyMap<string, readonly Weight[]>,
): string | undefined {
  const parts = name.split('/')
  const path = parts.filter((part) => !MACHINERY.has(part))
  const own = path.pop()!
  const ofLayer = missing.filter(({ originalName }) => originalName.split('/').at(-2) === path.at(-1))
  if (/^\d+$/.test(own)) return (byClass.get(path.join('/')) ?? ofLayer)[Number(own)]?.originalName
  const ending = missing.filter(({ originalName }) => name.endsWith(`/${originalName}`))
  const renamed =
    own === 'kernel' ? ofLayer.find(({ originalName }) => originalName.endsWith('/depthwise_kernel')) : undefined
  return (ending[0] ?? renamed)?.originalName
}

/** Weights by the keys of their layers in files of Keras 3: `conv2d`, `conv2d_1`, and `sequential/dense` in a model inside. */
function weightsByClass(model: tfl.LayersModel, prefix = ''): Map<string, readonly Weight[]> {
  const counts = new Map<string, number>()
  return new Map(
    model.layers.flatMap((layer): [string, readonly Weight[]][] => {
      const base = snakeCase(layer.getClassName())
      const count = counts.get(base) ?? 0
      counts.set(base, count + 1)
      const key = `${prefix}${base}${count > 0 ? `_${count}` : ''}`
      return layer instanceof tfl.LayersModel ? [...weightsByClass(layer, `${key}/`)] : [[key, layer.weights]]
    }),
  )
}

/** As Keras names layers after their class: `DepthwiseConv2D` becomes `depthwise_conv2d`. */
function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
