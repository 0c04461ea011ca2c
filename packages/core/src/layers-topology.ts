import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import { isObject } from './tfjs-artifacts.js'

type Json = Readonly<Record<string, unknown>>

/** More layers than any classifier has: a damaged file. */
const MAX_LAYERS = 5000

const MODELS: ReadonlySet<unknown> = new Set(['Model', 'Functional', 'Sequential'])

/**
 * Checks a topology before tfjs builds it, which would wait forever for layers that feed each other or do not exist.
 * @param custom Classes of layers that are known beside the registered ones.
 * @throws VatunError `unsupported` with all unknown layer classes, or for options that change results, `bad-input` naming the layer otherwise.
 */
export function checkLayersTopology(topology: Json, custom: ReadonlySet<string>): void {
  const root = isObject(topology.model_config) ? topology.model_config : topology
  const unknown = new Map<string, string[]>()
  checkModel(root, '', custom, unknown)
  if (unknown.size === 0) return
  const list = Array.from(unknown, ([className, names]) => `${className} (${names.join(', ')})`)
  throw new VatunError(
    'unsupported',
    `openLayersModel: layer classes that are not known: ${list.join('; ')}, register them or pass them as customLayers`,
    { details: { classes: Object.fromEntries(unknown) } },
  )
}

function checkModel(model: Json, prefix: string, custom: ReadonlySet<string>, unknown: Map<string, string[]>): void {
  const at = prefix === '' ? 'the model' : `model "${prefix.slice(0, -1)}"`
  const layers = isObject(model.config) ? model.config.layers : model.config
  if (!Array.isArray(layers) || !layers.every(isObject)) throw damaged(`${at} has no list of layers`)
  if (layers.length > MAX_LAYERS) throw damaged(`${at} has ${layers.length} layers, expected at most ${MAX_LAYERS}`)
  const known = tf.serialization.SerializationMap.getMap().classNameMap
  if (layers.length === 0) throw damaged(`${at} has no layers`)
  const isSequential = model.class_name === 'Sequential'
  const names = layers.map((layer, i) => nameOf(layer, i, prefix, isSequential))
  for (const [i, layer] of layers.entries()) {
    const className = String(layer.class_name)
    const name = prefix + names[i]
    if (MODELS.has(className)) checkModel(layer, `${name}.`, custom, unknown)
    else if (!Object.hasOwn(known, className) && !custom.has(className))
      unknown.set(className, [...(unknown.get(className) ?? []), name])
    else if (isObject(layer.config)) checkOptions(layer.config, className, name)
  }
  if (!isSequential) checkOrder(layers, names, prefix)
}

/** Options that TensorFlow.js would pass over without a word, and the value that it computes by. */
const WITHOUT_EQUAL: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Conv2D: { groups: 1 },
  Conv2DTranspose: { output_padding: null },
  LayerNormalization: { rms_scaling: false },
  Resizing: { antialias: false, crop_to_aspect_ratio: false, pad_to_aspect_ratio: false },
}

function checkOptions(config: Json, className: string, name: string): void {
  if (!Object.hasOwn(WITHOUT_EQUAL, className)) return
  for (const [option, neutral] of Object.entries(WITHOUT_EQUAL[className]!))
    if (config[option] && config[option] !== neutral)
      throw new VatunError(
        'unsupported',
        `openLayersModel: layer "${name}" (${className}) has ${option} ${JSON.stringify(config[option])}, which TensorFlow.js does not know: convert the model to a tfjs graph model instead`,
      )
}

function nameOf(layer: Json, i: number, prefix: string, inSequential: boolean): string {
  const own = isObject(layer.config) ? layer.config.name : undefined
  // Only layers that are linked by name need one.
  if (inSequential) return typeof own === 'string' ? own : `${String(layer.class_name)}_${i + 1}`
  const { name } = layer
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    throw damaged(`layer ${i + 1} of ${prefix || 'the model'} has no name`)
  // tfjs finds a layer by the one and names it by the other.
  if (own !== name && !Array.isArray(layer.config))
    throw damaged(`layer "${prefix}${name}" is named "${String(own)}" in its configuration`)
  return name
}

interface Call {
  readonly layer: string
  readonly inputs: readonly (readonly [layer: string, call: number])[]
}

/** Finds an order in which every call of a layer has its inputs. */
function checkOrder(layers: readonly Json[], names: readonly string[], prefix: string): void {
  const done = new Map<string, number>()
  const calls: Call[] = []
  for (const [i, { class_name, inbound_nodes }] of layers.entries()) {
    const name = names[i]!
    if (done.has(name)) throw damaged(`two layers are named "${prefix}${name}"`)
    // Inputs exist from the start; a model inside was called once, on its own inputs.
    done.set(name, class_name === 'InputLayer' || MODELS.has(class_name) ? 1 : 0)
    calls.push(...readCalls(name, inbound_nodes, prefix))
  }
  for (const { layer, inputs } of calls)
    for (const [source] of inputs)
      if (!done.has(source))
        throw damaged(`layer "${prefix}${layer}" takes its input from "${source}", which does not exist`)
  let waiting = calls
  while (waiting.length > 0) {
    const blocked = waiting.filter(({ layer, inputs }) => {
      if (inputs.some(([source, call]) => done.get(source)! <= call)) return true
      // A call without inputs is not made.
      if (inputs.length > 0) done.set(layer, done.get(layer)! + 1)
      return false
    })
    if (blocked.length === waiting.length) {
      const among = Array.from(new Set(blocked.map(({ layer }) => prefix + layer)))
      throw damaged(
        `layer "${among[0]}": its input is never computed, the graph has a cycle among ${among.slice(0, 20).join(', ')}`,
      )
    }
    waiting = blocked
  }
}

function readCalls(layer: string, nodes: unknown, prefix: string): Call[] {
  const at = `layer "${prefix}${layer}"`
  if (!Array.isArray(nodes)) throw damaged(`${at} has no list of inbound_nodes`)
  return nodes.map((node: unknown) => {
    if (!Array.isArray(node)) throw damaged(`${at} has damaged inbound_nodes`)
    const inputs = node.map((input: unknown) => {
      const [source, call] = Array.isArray(input) ? input : []
      if (typeof source !== 'string' || !Number.isInteger(call) || call < 0)
        throw damaged(`${at} has damaged inbound_nodes`)
      return [source, call as number] as const
    })
    return { layer, inputs }
  })
}

function damaged(problem: string): VatunError {
  return new VatunError('bad-input', `openLayersModel: ${problem}`)
}
