import { VatunError } from './errors.js'
import { isObject } from './tfjs-artifacts.js'

type Json = Readonly<Record<string, unknown>>

/** More models inside models than any classifier has: a damaged file. */
const MAX_DEPTH = 20

/**
 * Rewrites the topology of a layers model as Keras 3 describes it (and Keras 2.13 to 2.15 in part) in the words of Keras 2, which are those that
 * TensorFlow.js 4.22 reads: shapes of inputs, calls of layers, types of numbers, and options that have another name.
 *
 * @returns The same object if Keras 2 or TensorFlow.js has written it.
 * @throws VatunError `unsupported` for what has no equal there and would change results, `bad-input` for what is damaged; both name the layer.
 */
export function fromKeras3(topology: Json): Json {
  const inner = topology.model_config
  const root = isObject(inner) ? inner : topology
  const version = versionOf(topology, root)
  if (version < 3 && !usesModules(root)) return topology
  const model = rewriteModel(root, '', version, 0)
  return root === topology ? { ...topology, ...model } : { ...topology, model_config: model }
}

/**
 * Of Keras. `Model.to_json` of Keras 3 tells none, and its files are labelled Keras 2 by people who get them past the converter: what they hold
 * counts for more.
 */
function versionOf({ keras_version }: Json, root: Json): number {
  if (callsWithArgs(root, 0)) return 3
  const told = /^\d+/.exec(String(keras_version ?? ''))?.[0]
  return told === undefined ? (usesModules(root) ? 3 : 2) : Number(told)
}

/** Only Keras 3 writes calls as objects. */
function callsWithArgs(model: Json, depth: number): boolean {
  const layers = isObject(model.config) ? model.config.layers : undefined
  return (
    depth <= MAX_DEPTH &&
    Array.isArray(layers) &&
    layers.some(
      (layer) => isObject(layer) && (isObject([layer.inbound_nodes].flat()[0]) || callsWithArgs(layer, depth + 1)),
    )
  )
}

function usesModules(model: Json): boolean {
  const layers = isObject(model.config) ? model.config.layers : undefined
  return Array.isArray(layers) && layers.some((layer) => isObject(layer) && 'registered_name' in layer)
}

function rewriteModel(model: Json, prefix: string, version: number, depth: number): Json {
  const { config } = model
  if (depth > MAX_DEPTH)
    throw new VatunError('bad-input', `openLayersModel: more than ${MAX_DEPTH} models inside models`)
  if (!isObject(config) || !Array.isArray(config.layers)) return model
  const inside = new Map(
    config.layers.flatMap((layer: unknown) => (isModel(layer) ? [[layer.name, layer] as const] : [])),
  )
  // Keras 2 counts the calls of a model inside from 1. Keras 3 does so where a model ends, unless the model inside is sequential, but not
  // where a layer is called.
  const later = ([layer, index, ...rest]: readonly unknown[]) => [layer, Number(index) + 1, ...rest]
  const called: Endpoint = (place) => (version >= 3 && inside.has(place[0]) ? later(place) : [...place])
  const end: Endpoint = (place) =>
    version >= 3 && inside.get(place[0])?.class_name === 'Sequential' ? later(place) : [...place]
  const layers = config.layers.map((layer: unknown) =>
    isObject(layer) ? rewriteLayer(layer, prefix, version, depth, called) : layer,
  )
  const ends = Object.fromEntries(
    ['input_layers', 'output_layers'].flatMap((side) =>
      side in config ? [[side, listOfEnds(config[side], end)]] : [],
    ),
  )
  const first: unknown = layers[0]
  const shape = config.build_input_shape
  const needsShape =
    model.class_name === 'Sequential' && Array.isArray(shape) && isObject(first) && isObject(first.config)
  const given = needsShape && !('batch_input_shape' in (first.config as Json))
  if (given) layers[0] = { ...first, config: { batch_input_shape: shape, ...(first.config as Json) } }
  return { ...without(model, FOREIGN), config: { ...config, ...ends, layers } }
}

/** An output of a layer's call: layer, call, output. */
type Endpoint = (place: readonly unknown[]) => unknown[]

/** Fields of serialised objects that Keras 2 does not have. */
const FOREIGN = ['module', 'registered_name', 'build_config', 'compile_config']

const isModel = (layer: unknown): layer is Json & { readonly config: Json } =>
  isObject(layer) && isObject(layer.config) && Array.isArray(layer.config.layers)

function rewriteLayer(layer: Json, prefix: string, version: number, depth: number, called: Endpoint): Json {
  const className = String(layer.class_name)
  const name = prefix + String(layer.name ?? (isObject(layer.config) ? layer.config.name : ''))
  const calls = Array.isArray(layer.inbound_nodes)
    ? { inbound_nodes: layer.inbound_nodes.map((call: unknown) => rewriteCall(call, name, called)) }
    : {}
  if (isModel(layer)) return { ...rewriteModel(layer, `${name}.`, version, depth + 1), ...calls }
  const config = isObject(layer.config) ? rewriteConfig(layer.config, className, name, version) : layer.config
  return { ...without(layer, FOREIGN), ...calls, config }
}

/** `{ args: [tensor, …] }` to `[[layer, call, output, options], …]`. */
function rewriteCall(call: unknown, name: string, called: Endpoint): unknown {
  if (!isObject(call)) return call
  const { args, kwargs = {} } = call
  const others = isObject(kwargs) ? Object.entries(kwargs).filter(([key]) => !OF_TRAINING.has(key)) : []
  const operands = [args, others.map(([, value]) => value)].flat(3).filter((operand) => operand !== null)
  return operands.map((operand: unknown) => {
    const history = isObject(operand) && isObject(operand.config) ? operand.config.keras_history : undefined
    if (Array.isArray(history)) return [...called(history.slice(0, 3)), {}]
    throw new VatunError(
      'unsupported',
      `openLayersModel: layer "${name}" is called with ${JSON.stringify(operand)?.slice(0, 80)}, expected outputs of layers: convert the model to a tfjs graph model instead`,
    )
  })
}

const OF_TRAINING: ReadonlySet<string> = new Set(['training', 'mask'])

/** Names of the layers at one side of a model: one, a list, or named ones. */
function listOfEnds(ends: unknown, end: Endpoint): unknown {
  const list: unknown = isObject(ends) ? Object.values(ends) : ends
  if (!Array.isArray(list)) return list
  return (typeof list[0] === 'string' ? [list] : list).map((one: unknown) => (Array.isArray(one) ? end(one) : one))
}

function rewriteConfig(config: Json, className: string, name: string, version: number): Json {
  const unsupported = (option: string) =>
    new VatunError(
      'unsupported',
      `openLayersModel: layer "${name}" (${className}) has ${option}, which TensorFlow.js does not know: convert the model to a tfjs graph model instead`,
    )
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(config)) {
    if (DROPPED.has(key)) continue
    const renamed = key === 'batch_shape' ? 'batch_input_shape' : (RENAMED[className]?.[key] ?? key)
    if (key.endsWith('_initializer')) result[key] = { class_name: 'Zeros', config: {} }
    else if (/_(regularizer|constraint)$/.test(key)) result[key] = null
    else if (key === 'dtype') result[key] = typeOf(value)
    else if (key === 'activation' || key === 'recurrent_activation')
      result[key] = activationOf(value, version, unsupported)
    else result[renamed] = plain(value)
  }
  return result
}

/** Options that change nothing in a trained model. */
const DROPPED: ReadonlySet<string> = new Set(['optional', 'quantization_config', 'synchronized'])

const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = { LeakyReLU: { negative_slope: 'alpha' } }

/** The name of a type of numbers, or of a policy; weights are float32 here in any case. */
function typeOf(value: unknown): unknown {
  const name = isObject(value) && isObject(value.config) ? value.config.name : value
  return typeof name === 'string' && /float|policy/.test(name) ? 'float32' : (name ?? 'float32')
}

/** Activation functions that have another name in TensorFlow.js. */
const ACTIVATIONS: Readonly<Record<string, string>> = { silu: 'swish' }

function activationOf(value: unknown, version: number, unsupported: (option: string) => VatunError): unknown {
  const name = isObject(value) && value.class_name === 'function' ? value.config : value
  if (typeof name !== 'string') return plain(value)
  // Keras 3 computes min(max(x / 6 + 1 / 2, 0), 1), TensorFlow.js, as Keras 2, with x / 5.
  if (version >= 3 && name === 'hard_sigmoid') throw unsupported(`the activation function hard_sigmoid of Keras 3`)
  if (UNKNOWN.has(name)) throw unsupported(`the activation function ${name}`)
  return ACTIVATIONS[name] ?? name
}

/** Activation functions of Keras 3 that TensorFlow.js does not have. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['celu', 'exponential', 'glu', 'hard_shrink', 'hard_silu', 'hard_swish', 'hard_tanh', 'leaky_relu', 'log_sigmoid'],
  ...['soft_shrink', 'sparse_plus', 'sparsemax', 'squareplus', 'tanh_shrink', 'threshold'],
])

/** Serialised values without what Keras 2 does not have: arrays of numbers as lists. */
function plain(value: unknown): unknown {
  if (!isObject(value)) return value
  if (value.class_name === '__numpy__' || value.class_name === '__tensor__')
    return isObject(value.config) ? value.config.value : null
  return without(value, FOREIGN)
}

function without(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}
