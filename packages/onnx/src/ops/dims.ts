import type { OperatorNode } from '../operator-node.js'

/** An entry of a shape that the file computes: `value`, or `value` times the batch size. */
export interface DimEntry {
  readonly value: number
  readonly scaled: boolean
}

/** Reads a constant list of sizes, which may depend on the batch size. */
export function readDims(node: OperatorNode, index: number, role: string): DimEntry[] {
  const { data, dims, scaled } = node.constant(index, role)
  const values = Array.from(data)
  if (dims.length > 1 || values.length > 8 || !values.every(Number.isSafeInteger))
    throw node.error('bad-input', `${role} is [${values.slice(0, 8).join(', ')}], expected up to 8 integers`)
  return values.map((value, i) => ({ value, scaled: scaled?.[i] ?? false }))
}
