import { CHANNELS_LAST, dropAxes, fileOrder, type Order, sameOrder } from '../axis-order.js'
import { type GraphAttributes, withAttributes } from './attributes.js'
import type { GraphNode } from './graph-node.js'

/** Numbers of each axis, `per` of them together, for axes in another order; undefined if they are not so many. */
export function byAxis(numbers: readonly number[], order: Order, per: number): number[] | undefined {
  if (numbers.length !== order.length * per) return undefined
  return order.flatMap((axis) => numbers.slice(axis * per, (axis + 1) * per))
}

/** Where axes of the file lie; undefined if one does not exist. */
export function placesOf(axes: readonly number[], order: Order): number[] | undefined {
  const places = axes.map((axis) => order.indexOf(axis < 0 ? axis + order.length : axis))
  return places.includes(-1) ? undefined : places
}

/** Whether what remains without some axes lies as in the file. */
export function staysInOrder(order: Order, axes: readonly number[]): boolean {
  const dropped = axes.map((axis) => (axis < 0 ? axis + order.length : axis))
  const rest = dropAxes(order, dropped)
  return sameOrder(rest, fileOrder(rest.length))
}

/** A `Squeeze` of the axes where they lie; undefined if what remains does not lie as in the file. */
export function squeezed(node: GraphNode, order: Order): GraphNode | undefined {
  const { attributes } = node
  const axes = attributes.ints('squeeze_dims', attributes.ints('axis', []))
  const places = placesOf(axes, order)
  if (axes.length === 0 || !places || !staysInOrder(order, axes)) return undefined
  return { ...node, attributes: withAttributes(attributes, { ints: { squeeze_dims: places } }) }
}

/** Attributes of an operation on maps with channels first, for channels last. */
export function channelsLast(attributes: GraphAttributes): GraphAttributes {
  const sizes = ['strides', 'ksize', 'dilations'].map((name) => [name, 1] as const)
  const ints = [...sizes, ['explicit_paddings', 2] as const].flatMap(([name, per]) => {
    const list = attributes.ints(name, [])
    return list.length > 0 ? [[name, byAxis(list, CHANNELS_LAST, per) ?? list] as const] : []
  })
  return withAttributes(attributes, { ints: Object.fromEntries(ints), texts: { data_format: 'NHWC' } })
}
