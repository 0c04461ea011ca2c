import { type GraphNode, splitValue } from './graph-node.js'

/** What the converter and TensorFlow put behind the name of a weight. */
const WEIGHT_ENDING =
  /^(ReadVariableOp|Cast|weights|filter(_in)?|kernel|(depthwise|pointwise)_(weights|kernel)|merged_input)(_\d+)?$/

/** What calls of functions and the optimiser of graphs put into names. */
const MACHINERY = /^((Stateful)?PartitionedCall(_\d+)?|ArithmeticOptimizer|ConstantFolding)$/

/** How the optimiser names sums that it has rearranged. */
const REWRITTEN = /^AddOpsRewrite_(Leaf_\d+_)?(?=add)/i

/** Operations that a layer consists of; TensorFlow numbers repeated ones, and the converter marks weights it has merged. */
const OPERATION =
  /^(Conv2D|depthwise|separable_conv2d|convolution|conv2d_transpose|MatMul|Tensordot|BiasAdd|FusedBatchNorm(V\d)?|batchnorm|Relu6?|Elu|Selu|LeakyRelu|Prelu|Sigmoid|Tanh|MaxPool|AvgPool|Mean|Max|add|AddV2|AddN|mul|sub|maximum|minimum|concat|ConcatV2)(_\d+)?(_weights|_bn_offset)?$/i

/**
 * Readable, unique layer names from node names, in the given order.
 *
 * TensorFlow writes the path of the layer and the operation: `StatefulPartitionedCall/resnet/conv1_conv/Conv2D`. The rule: a layer with
 * weights is named after them, since merged nodes carry the name of the activation function; the ending of a weight
 * (`ReadVariableOp`) and then the name of one operation are dropped; so are the leading parts that all layers share; the rest is
 * joined with dots. So that becomes `conv1_conv`. Names that then coincide get `_2`, `_3`, …
 */
export function readableNames(layers: readonly { readonly node: GraphNode; readonly weights?: number }[]): string[] {
  const paths = layers.map(({ node, weights }) => pathOf(node, weights))
  const shared = sharedLength(paths)
  const taken = new Set<string>()
  return paths.map((path) => {
    const base = path.slice(shared).join('.')
    let name = base
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`
    taken.add(name)
    return name
  })
}

function pathOf(node: GraphNode, weights: number | undefined): string[] {
  const own = partsOf(node.name)
  const constant = weights === undefined ? undefined : node.inputs[weights]
  const path = constant === undefined ? [] : partsOf(splitValue(constant).node)
  // A weight that was renamed (`unknown_12`, `Func/input/_262`) tells nothing.
  const useful = path.length > 1 && path[0] !== 'Func' ? path : own
  const layer = useful.length > 1 && WEIGHT_ENDING.test(useful.at(-1)!) ? useful.slice(0, -1) : useful
  const short = layer.length > 1 && OPERATION.test(layer.at(-1)!) ? layer.slice(0, -1) : layer
  return short.length > 0 ? short : [node.op]
}

function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '')
  const own = parts.filter((part) => !MACHINERY.test(part)).map((part) => part.replace(REWRITTEN, ''))
  return own.length > 0 ? own : parts
}

/** Leading parts that all paths have in common, leaving each at least one. */
function sharedLength(paths: readonly (readonly string[])[]): number {
  const longest = Math.min(...paths.map((path) => path.length - 1))
  let shared = 0
  while (shared < longest && paths.every((path) => path[shared] === paths[0]![shared])) shared++
  return Number.isFinite(shared) ? shared : 0
}
