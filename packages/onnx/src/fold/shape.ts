import type { Constant } from '../constant.js'
import { readDims } from '../ops/dims.js'
import { readSlice, sliceIndices } from '../ops/select.js'
import { unsqueezed } from '../ops/shape.js'
import { broadcast, count, type Shape as Sizes } from '../shape.js'
import { allocate, broadcastSteps, constants, type Fold, pick, sizeOf, stridesOf, walk, withDims } from './fold.js'

function fromShape(shape: Sizes): Constant {
  return {
    dataType: 'int64',
    dims: [shape.length],
    data: Float64Array.from(shape, Math.abs),
    scaled: shape.map((dim) => dim < 0),
  }
}

/** Known even of computed values: sizes that depend on the batch are marked. */
export const Shape: Fold = (node) => {
  const { shape } = node.operand(0)
  const bound = (name: string, fallback: number) => {
    const value = node.attributes.int(name, fallback)
    return Math.min(Math.max(value < 0 ? value + shape.length : value, 0), shape.length)
  }
  return fromShape(shape.slice(bound('start', 0), bound('end', shape.length)))
}

export const Size: Fold = (node) => {
  const { size, power } = count(node.operand(0).shape)
  if (power > 1) throw node.error('unsupported', 'the batch is in more than one axis')
  return { dataType: 'int64', dims: [], data: Float64Array.of(size), scaled: [power === 1] }
}

export const ConstantOfShape: Fold = (node) => {
  const dims = readDims(node, 0, 'the shape').map(({ value, scaled }) => {
    if (scaled) throw node.error('unsupported', 'a constant as large as the batch')
    return value
  })
  const size = sizeOf(node, dims)
  const { dataType, data } = node.attributes.has('value')
    ? node.attributes.tensor('value')
    : { dataType: 'float32' as const, data: Float32Array.of(0) }
  return { dataType, dims, data: allocate(dataType, size).fill(data[0] ?? 0) }
}

export const Range: Fold = (node) => {
  const all = constants(node)
  if (!all) return undefined
  const [start, limit, delta] = all.map(({ data }) => data[0] ?? Number.NaN) as [number, number, number]
  const size = sizeOf(node, [Math.max(Math.ceil((limit - start) / delta), 0)])
  const { dataType } = all[0]!
  return { dataType, dims: [size], data: allocate(dataType, size).map((_, i) => start + i * delta) }
}

export const Identity: Fold = (node) => node.operand(0).constant
export const Dropout: Fold = (node) => (node.outputs > 1 ? undefined : node.operand(0).constant)

export const Reshape: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const copies = node.attributes.int('allowzero', 0) === 0
  const asked = node.integers(1, 'the shape').map((dim, i) => (dim === 0 && copies ? (constant.dims[i] ?? 0) : dim))
  const known = asked.reduce((product, dim) => (dim === -1 ? product : product * dim), 1)
  const dims = asked.map((dim) => (dim === -1 ? constant.data.length / known : dim))
  if (asked.filter((dim) => dim === -1).length > 1 || sizeOf(node, dims) !== constant.data.length)
    throw node.error('bad-input', `cannot reshape [${constant.dims.join(', ')}] into [${asked.join(', ')}]`)
  return withDims(constant, dims)
}

export const Flatten: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const given = node.attributes.int('axis', 1)
  const axis = given === constant.dims.length ? given : node.axis(given, constant.dims.length)
  const rows = constant.dims.slice(0, axis).reduce((a, b) => a * b, 1)
  return withDims(constant, [rows, rows === 0 ? 0 : constant.data.length / rows])
}

export const Squeeze: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const { dims } = constant
  const axes = node.integersOf('axes', 1)?.map((axis) => node.axis(axis, dims.length)) ?? []
  const isDropped = (dim: number, axis: number) => (axes.length > 0 ? axes.includes(axis) : dim === 1)
  if (axes.some((axis) => dims[axis] !== 1)) throw node.error('bad-input', `an axis of [${dims.join(', ')}] is not 1`)
  return withDims(
    constant,
    dims.filter((dim, axis) => !isDropped(dim, axis)),
  )
}

export const Unsqueeze: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  return withDims(constant, unsqueezed(node, constant.dims, node.integersOf('axes', 1) ?? []))
}

export const Transpose: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const { dims } = constant
  const given = node.attributes.optionalInts('perm') ?? []
  const permutation = (given.length > 0 ? given : dims.map((_, axis) => dims.length - 1 - axis)).map((axis) =>
    node.axis(axis, dims.length),
  )
  if (new Set(permutation).size !== dims.length) throw node.error('bad-input', `perm is [${permutation.join(', ')}]`)
  const strides = stridesOf(dims)
  const result = permutation.map((axis) => dims[axis]!)
  return pick(
    node,
    constant,
    result,
    walk(
      result,
      permutation.map((axis) => strides[axis]!),
    ),
  )
}

export const Gather: Fold = (node) => {
  const all = constants(node)
  if (!all) return undefined
  const [from, { data: indices, dims: shape }] = all as [Constant, Constant]
  const axis = node.axis(node.attributes.int('axis', 0), from.dims.length)
  const dim = from.dims[axis]!
  const picked = Array.from(indices, (index) => (index < 0 ? index + dim : index))
  if (!picked.every((i) => Number.isInteger(i) && i >= 0 && i < dim))
    throw node.error('bad-input', `indices are outside of ${dim} entries`)
  const inner = from.dims.slice(axis + 1).reduce((a, b) => a * b, 1)
  const result = [...from.dims.slice(0, axis), ...shape, ...from.dims.slice(axis + 1)]
  return pick(node, from, result, (i) => {
    const outer = Math.floor(i / (inner * picked.length))
    return (outer * dim + picked[Math.floor(i / inner) % picked.length]!) * inner + (i % inner)
  })
}

export const Slice: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const { starts, ends, axes, steps } = readSlice(node, constant.dims.length)
  if ([...starts, ...ends].some(({ scaled }) => scaled)) throw node.error('unsupported', 'it cuts by the batch size')
  const strides = stridesOf(constant.dims)
  const taken = constant.dims.map((dim, axis) => {
    const i = axes.indexOf(axis)
    if (i < 0) return { start: 0, step: 1, size: dim }
    const indices = sliceIndices(dim, starts[i]!.value, ends[i]!.value, steps[i]!)
    return { start: indices[0] ?? 0, step: steps[i]!, size: indices.length }
  })
  const dims = taken.map(({ size }) => size)
  const offset = taken.reduce((sum, { start }, axis) => sum + start * strides[axis]!, 0)
  return pick(
    node,
    constant,
    dims,
    walk(
      dims,
      taken.map(({ step }, axis) => step * strides[axis]!),
      offset,
    ),
  )
}

export const Split: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const { dims } = constant
  const axis = node.axis(node.attributes.int('axis', 0), dims.length)
  const dim = dims[axis]!
  const parts = node.attributes.int('num_outputs', node.outputs)
  const equal = Array.from({ length: Math.min(parts, dim) }, (_, i) => {
    const size = Math.ceil(dim / parts)
    return Math.min(size, dim - i * size)
  })
  const sizes = node.integersOf('split', 1) ?? equal
  if (sizes.some((size) => size < 0) || sizes.reduce((a, b) => a + b, 0) !== dim)
    throw node.error('bad-input', `parts of [${sizes.join(', ')}] do not make ${dim}`)
  const strides = stridesOf(dims)
  return sizes.map((size, i) => {
    const start = sizes.slice(0, i).reduce((a, b) => a + b, 0)
    const part = dims.map((own, j) => (j === axis ? size : own))
    return pick(node, constant, part, walk(part, strides, start * strides[axis]!))
  })
}

export const Concat: Fold = (node) => {
  const all = constants(node)
  if (!all || all.length === 0) return undefined
  const [first] = all as [Constant]
  const axis = node.axis(node.attributes.int('axis', 1), first.dims.length)
  const fits = all.every(
    ({ dims }) => dims.length === first.dims.length && dims.every((dim, i) => i === axis || dim === first.dims[i]),
  )
  if (!fits) throw node.error('bad-input', 'the shapes of the operands do not fit')
  const dims = first.dims.map((dim, i) => (i === axis ? all.reduce((sum, c) => sum + c.dims[axis]!, 0) : dim))
  const data = allocate(first.dataType, sizeOf(node, dims))
  const scaled = Array<boolean>(data.length).fill(false)
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1)
  let begin = 0
  for (const constant of all) {
    const block = constant.dims[axis]! * inner
    constant.data.forEach((value, i) => {
      const at = Math.floor(i / block) * dims[axis]! * inner + begin + (i % block)
      data[at] = value
      scaled[at] = constant.scaled?.[i] ?? false
    })
    begin += block
  }
  return { dataType: first.dataType, dims, data, ...(scaled.includes(true) && { scaled }) }
}

export const Expand: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const asked = readDims(node, 1, 'the shape')
  if (asked.some(({ scaled }) => scaled)) return undefined
  const dims = broadcast(
    constant.dims,
    asked.map(({ value }) => value),
  )
  if (!dims) throw node.error('bad-input', 'the shapes do not fit')
  return pick(node, constant, dims, walk(dims, broadcastSteps(constant.dims, dims)))
}
