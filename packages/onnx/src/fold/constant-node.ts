import type { Fold } from './fold.js'

/** A tensor, or numbers as attributes. */
export const ConstantNode: Fold = (node) => {
  const { attributes } = node
  if (attributes.has('value')) return attributes.tensor('value')
  const name = ['value_float', 'value_floats', 'value_int', 'value_ints'].find((n) => attributes.has(n))
  if (name === undefined) throw node.error('unsupported', 'it holds neither a tensor nor numbers')
  const values = attributes.numbers(name) ?? []
  const dims = name.endsWith('s') ? [values.length] : []
  return name.startsWith('value_float')
    ? { dataType: 'float32', dims, data: Float32Array.from(values) }
    : { dataType: 'int64', dims, data: Float64Array.from(values) }
}
