import { VatunError } from '@vatun/core'
import type { Attributes } from './attributes.js'
import { type Constant, dataTypeOf } from './constant.js'

/** Computes a node whose inputs are all constant. */
type Fold = (inputs: readonly Constant[], attributes: Attributes, where: string) => Constant

/** Operators that are evaluated at load where their inputs are constant, by their ONNX name. */
export const FOLDS: Readonly<Record<string, Fold>> = {
  Cast([input], attributes, where) {
    if (!input) throw new VatunError('bad-input', `${where}: the input is missing`)
    const dataType = dataTypeOf(attributes.int('to', 0), where)
    const { dims, data } = input
    if (dataType === 'float32' || dataType === 'float64') return { dataType, dims, data: convert(data, dataType) }
    if (dataType === 'int64' || dataType === 'int32')
      return { dataType, dims, data: Float64Array.from(data, Math.trunc) }
    throw new VatunError('unsupported', `${where}: casting a constant to ${dataType} is not supported`)
  },
  Constant: (_, attributes) => attributes.tensor('value'),
  Identity([input], _, where) {
    if (!input) throw new VatunError('bad-input', `${where}: the input is missing`)
    return input
  },
}

function convert(data: Constant['data'], dataType: 'float32' | 'float64'): Constant['data'] {
  if (dataType === 'float64') return Float64Array.from(data)
  return data instanceof Float32Array ? data : Float32Array.from(data)
}
