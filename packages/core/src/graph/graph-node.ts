import type { GraphAttributes } from './attributes.js'

/** One output of a node: `name` for the first, `name:1` for the second. */
export type ValueName = string

/** A node of the graph that the output needs. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly attributes: GraphAttributes
  readonly inputs: readonly ValueName[]
}

/** Starts an error message about a node. */
export function at({ op, name }: Pick<GraphNode, 'op' | 'name'>): string {
  return `openGraphModel: ${op} "${name}"`
}

/** The node that computes a value, and which of its outputs it is. */
export function splitValue(value: ValueName): { readonly node: string; readonly index: number } {
  const [, node, index] = /^(.*):(\d+)$/.exec(value) ?? []
  return node === undefined ? { node: value, index: 0 } : { node, index: Number(index) }
}
