import * as tf from '@tensorflow/tfjs-core'
import { CHANNELS_LAST, fileOrder, type Order, sameOrder } from '../axis-order.js'
import { readAttributes, withAttributes } from './attributes.js'
import { type GraphNode, splitValue, type ValueName } from './graph-node.js'
import { ALIGNED, FORMATTED, MAPS, PASSING, REDUCTIONS, VECTORS } from './layout-kinds.js'
import { byAxis, channelsLast, placesOf, squeezed, staysInOrder } from './turn-axes.js'

/** A node and the output of it that is asked for. */
export interface PlannedNode {
  readonly node: GraphNode
  readonly value: ValueName
}

const FILE = fileOrder(4)

const NONE = readAttributes({}, '')

/**
 * Plans how values lie, so that feature maps of a graph with channels first lie `[n, height, width, channels]` from one convolution to the next. A
 * `Transpose` only changes how a value is read; what has no notion of axes follows the value before it, and constants are turned
 * at load. Values are turned in between only where an operation needs the order of the file.
 */
export class Layouts {
  /** How values lie that do not lie as in the file: axis `i` of the tensor is axis `order[i]` of the file. */
  readonly #orders = new Map<ValueName, Order>()
  /** Values in the order of the file that may be feature maps with channels first. */
  readonly #unsure = new Set<ValueName>()
  readonly #turned = new Map<string, ValueName>()
  readonly #constants: Map<ValueName, tf.Tensor>
  readonly #own: (constant: tf.Tensor) => void
  #planned: PlannedNode[] = []

  /**
   * @param constants What is known at load, by the names of the values; grows.
   * @param own Takes constants that are made here.
   */
  constructor(constants: Map<ValueName, tf.Tensor>, own: (constant: tf.Tensor) => void) {
    this.#constants = constants
    this.#own = own
  }

  /** Tells that a value lies channels-last where the file has channels first. */
  lieChannelsLast(value: ValueName): void {
    this.#orders.set(value, CHANNELS_LAST)
  }

  /** Whether a value may be a feature map that does not lie channels-last. */
  isUnsure(value: ValueName): boolean {
    const order = this.#orders.get(value)
    return order ? !sameOrder(order, CHANNELS_LAST) : this.#unsure.has(value)
  }

  /** What to execute for one output of a node, in order; the last one computes `value`. */
  plan(node: GraphNode, value: ValueName): PlannedNode[] {
    this.#planned = []
    const isComputed = node.inputs.some((input) => !this.#constants.has(input))
    const laid = isComputed ? this.#lay(node, value) : undefined
    const result = laid ?? { ...node, inputs: node.inputs.map((input) => this.#inOrder(input, undefined)) }
    if (!this.#orders.has(value) && this.#mayBeMap(node, result)) this.#unsure.add(value)
    return [...this.#planned, { node: result, value }]
  }

  /** The value in the order of the file, and what to execute for that. */
  inFileOrder(value: ValueName): { readonly value: ValueName; readonly planned: readonly PlannedNode[] } {
    this.#planned = []
    return { value: this.#inOrder(value, undefined), planned: this.#planned }
  }

  #mayBeMap(node: GraphNode, { inputs }: GraphNode): boolean {
    const { op } = node
    if (MAPS.has(op) || VECTORS.has(op) || (op === 'Transpose' && this.#permutation(node))) return false
    if (op === 'Reshape' && (this.#numbers(node.inputs[1])?.length ?? 4) < 4) return false
    return node.inputs.some((x, i) => this.#unsure.has(x) || (this.#orders.has(x) && inputs[i] !== x))
  }

  /** The node for values as they lie; undefined where it needs them as in the file. */
  #lay(node: GraphNode, value: ValueName): GraphNode | undefined {
    const { op, attributes, inputs } = node
    if (Object.hasOwn(FORMATTED, op) && attributes.text('data_format', 'NHWC') === 'NCHW') {
      this.#orders.set(value, CHANNELS_LAST)
      return this.#channelsLast(node)
    }
    if (op === 'Transpose') return this.#transposed(node, value)
    const x = inputs[op === 'Split' ? 1 : op === 'IdentityN' ? splitValue(value).index : 0]!
    const order = ALIGNED.has(op) ? this.#commonOrder(inputs) : this.#orders.get(x)
    if (!order) return undefined
    if (REDUCTIONS.has(op)) return this.#reduced(node, value, order)
    if (op === 'Rank' || op === 'Size') return node
    if (op === 'Shape') {
      const sizes = this.#emit({ ...node, name: `${node.name}, as it lies` })
      const places = this.#constant(fileOrder(order.length).map((axis) => order.indexOf(axis)))
      return { ...node, op: 'GatherV2', inputs: [sizes, places, this.#constant([0], [])] }
    }
    if (op === 'Squeeze') return squeezed(node, order)
    const laid = PASSING.has(op) ? node : ALIGNED.has(op) ? this.#aligned(node, order) : this.#along(node, order)
    if (laid) this.#orders.set(value, order)
    return laid
  }

  /** Operations that name axes by constants. */
  #along(node: GraphNode, order: Order): GraphNode | undefined {
    const place = (axes: readonly number[]) => placesOf(axes, order)
    switch (node.op) {
      case 'MirrorPad':
      case 'Pad':
      case 'PadV2':
        return this.#withNumbers(node, 1, (pads) => byAxis(pads, order, 2), [4, 2])
      case 'ReverseV2':
        return this.#withNumbers(node, 1, place)
      case 'Slice': {
        const begun = this.#withNumbers(node, 1, (begin) => byAxis(begin, order, 1))
        return begun && this.#withNumbers(begun, 2, (size) => byAxis(size, order, 1))
      }
      case 'Split':
        return this.#withNumbers(node, 0, place, [])
      case 'SplitV':
        return this.#withNumbers(node, 2, place, [])
      case 'GatherV2':
        return this.#constants.get(node.inputs[1]!)?.rank === 1 ? this.#withNumbers(node, 2, place, []) : undefined
      default:
        return undefined
    }
  }

  #channelsLast(node: GraphNode): GraphNode {
    const { op, attributes } = node
    const about = FORMATTED[op]!
    const isPrelu = attributes.texts('fused_ops', []).includes('Prelu')
    const inputs = node.inputs.map((input, i) => {
      if (i === about || (isPrelu && i === 3)) return this.#inOrder(input, CHANNELS_LAST)
      if (op !== 'Conv2DBackpropInput' || i > 0) return this.#inOrder(input, undefined)
      const sizes = [this.#inOrder(input, undefined), this.#constant([...CHANNELS_LAST]), this.#constant([0], [])]
      return this.#emit({ name: `${node.name}, size`, op: 'GatherV2', attributes, inputs: sizes })
    })
    return { ...node, inputs, attributes: channelsLast(attributes) }
  }

  /** Only how the value is read changes. */
  #transposed(node: GraphNode, value: ValueName): GraphNode | undefined {
    const permutation = this.#permutation(node)
    if (!permutation) return undefined
    const order = this.#orders.get(node.inputs[0]!) ?? FILE
    const result = order.map((axis) => permutation.indexOf(axis))
    if (!sameOrder(result, FILE)) this.#orders.set(value, result)
    return { ...node, op: 'Identity', inputs: [node.inputs[0]!] }
  }

  /** Of a transposition of feature maps. */
  #permutation({ inputs }: GraphNode): number[] | undefined {
    const permutation = this.#numbers(inputs[1])
    return permutation && sameOrder(permutation.toSorted(), FILE) ? permutation : undefined
  }

  #aligned(node: GraphNode, order: Order): GraphNode | undefined {
    if (node.op !== 'ConcatV2') return { ...node, inputs: node.inputs.map((input) => this.#inOrder(input, order)) }
    const inputs = node.inputs.slice(0, -1).map((input) => this.#inOrder(input, order))
    const all = { ...node, inputs: [...inputs, node.inputs.at(-1)!] }
    return this.#withNumbers(all, inputs.length, (axes) => placesOf(axes, order), [])
  }

  #reduced(node: GraphNode, value: ValueName, order: Order): GraphNode | undefined {
    const reduced = this.#withNumbers(node, 1, (axes) => placesOf(axes, order)?.toSorted())
    if (!reduced) return undefined
    if (node.attributes.bool('keep_dims', false)) this.#orders.set(value, order)
    else if (!staysInOrder(order, this.#numbers(node.inputs[1])!)) return undefined
    return reduced
  }

  /** The node with other numbers as a constant input; undefined if the input is not known at load. */
  #withNumbers(
    node: GraphNode,
    input: number,
    change: (numbers: number[]) => number[] | undefined,
    shape?: number[],
  ): GraphNode | undefined {
    const numbers = this.#numbers(node.inputs[input])
    const changed = numbers && change(numbers)
    if (!changed) return undefined
    return { ...node, inputs: node.inputs.with(input, this.#constant(changed, shape)) }
  }

  /** The order of most use: that of feature maps, if an input lies so. */
  #commonOrder(inputs: readonly ValueName[]): Order | undefined {
    const orders = inputs.map((input) => this.#orders.get(input)).filter((order) => order !== undefined)
    return orders.find((order) => sameOrder(order, CHANNELS_LAST)) ?? orders[0]
  }

  /** The value in an order of axes, that of the file if undefined. */
  #inOrder(value: ValueName, order: Order | undefined): ValueName {
    const own = this.#orders.get(value)
    if (own === order || (own && order && sameOrder(own, order))) return value
    const [from, to] = [own ?? fileOrder(order!.length), order ?? fileOrder(own!.length)]
    const name = `${value}, axes ${to.join(' ')}`
    const known = this.#turned.get(name)
    if (known) return known
    const turned = this.#emit({
      name,
      op: '_Reorder',
      attributes: withAttributes(NONE, { ints: { from, to } }),
      inputs: [value],
    })
    this.#turned.set(name, turned)
    if (order) this.#orders.set(turned, order)
    return turned
  }

  #emit(node: GraphNode): ValueName {
    this.#planned.push({ node, value: node.name })
    return node.name
  }

  #numbers(value: ValueName | undefined): number[] | undefined {
    const constant = value === undefined ? undefined : this.#constants.get(value)
    return constant && constant.size <= 16 ? Array.from(constant.dataSync()) : undefined
  }

  #constant(numbers: readonly number[], shape: number[] = [numbers.length]): ValueName {
    const name = `, ${shape.length} ${numbers.join(' ')}`
    if (!this.#constants.has(name)) {
      const constant = tf.tensor(Int32Array.from(numbers), shape, 'int32')
      this.#own(constant)
      this.#constants.set(name, constant)
    }
    return name
  }
}
