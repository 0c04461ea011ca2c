import * as tf from '@tensorflow/tfjs-core'
import { VatunError, type VatunErrorCode } from '@vatun/core'
import type { Attributes } from './attributes.js'
import type { Constant } from './constant.js'
import type { Built, Output, Reader } from './ops/operator.js'
import { fileOrder, type Order, padOrder, reorder } from './order.js'
import { elements, padShape, type Shape, showShape } from './shape.js'
import type { WeightStore } from './weight-store.js'

/** A value that is computed from the image, always of float32. */
export interface ValueType {
  /** In the file's order of axes. */
  readonly shape: Shape
  readonly order: Order
}

/** An operand of a node: known at load, or computed. */
export type Operand = ({ readonly constant: Constant } | { readonly constant?: undefined }) & ValueType

/** An activation function that is executed in the kernel of the node before it. */
export type FusedActivation = 'linear' | 'relu' | 'relu6'

/** Elements that one value may have for one image: 256 MB. More is a damaged file rather than a classifier. */
export const MAX_ELEMENTS = 2 ** 26

/** Multiplications of one node for one image at most: ten times those of the largest classifiers as a whole. */
const MAX_WORK = 2 ** 38

/** What {@link OperatorNode} is made of. */
export interface NodeParts {
  readonly name: string
  readonly opType: string
  readonly attributes: Attributes
  readonly opset: number
  readonly operands: readonly (Operand | undefined)[]
  /** How many outputs the file names, up to the last that is used. */
  readonly outputs: number
  readonly activation: FusedActivation
  /** The batch size that the file was exported with, if it is fixed: constants may have it baked in. */
  readonly fileBatch: number | undefined
  readonly weights: WeightStore
}

/** A node as its operator sees it while the model is loaded. */
export class OperatorNode {
  readonly name: string
  readonly opType: string
  readonly attributes: Attributes
  readonly opset: number
  readonly activation: FusedActivation
  readonly fileBatch: number | undefined
  readonly outputs: number
  readonly weights: WeightStore
  #operands: readonly (Operand | undefined)[]

  constructor(parts: NodeParts) {
    this.name = parts.name
    this.opType = parts.opType
    this.attributes = parts.attributes
    this.opset = parts.opset
    this.activation = parts.activation
    this.fileBatch = parts.fileBatch
    this.outputs = parts.outputs
    this.weights = parts.weights
    this.#operands = parts.operands
  }

  /** Lets go of the values of constants once the operator is prepared and they are on the device, for kernels hold on to their node. */
  releaseConstants(): void {
    const data = new Float32Array(0)
    this.#operands = this.#operands.map((operand) =>
      operand?.constant ? { ...operand, constant: { ...operand.constant, data } } : operand,
    )
  }

  /** Number of operands that the file names, with those left out. */
  get arity(): number {
    return this.#operands.length
  }

  has(index: number): boolean {
    return this.#operands[index] !== undefined
  }

  /** @param role Names the operand in messages: `the weight`. */
  operand(index: number, role = `operand ${index + 1}`): Operand {
    const operand = this.#operands[index]
    if (operand) return operand
    throw this.error('bad-input', `${role} is missing`)
  }

  isConstant(index: number): boolean {
    return this.#operands[index]?.constant !== undefined
  }

  /** A constant operand whose values matter at load. */
  constant(index: number, role: string): Constant {
    const { constant } = this.operand(index, role)
    if (!constant) throw this.error('unsupported', `${role} is computed from the image, expected a constant`)
    return constant
  }

  /** A constant float operand. */
  floats(index: number, role: string): Constant {
    const constant = this.constant(index, role)
    this.#checkFloats(constant, role)
    return constant
  }

  /** A constant list of integers, free of the batch size. */
  integers(index: number, role: string): number[] {
    const constant = this.constant(index, role)
    const values = Array.from(constant.data)
    if (constant.scaled?.some(Boolean)) throw this.error('unsupported', `${role} depends on the batch size`)
    if (constant.dims.length > 1 || !values.every(Number.isSafeInteger))
      throw this.error('bad-input', `${role} are [${values.slice(0, 8).join(', ')}], expected a list of integers`)
    return values
  }

  /** Axes or sizes that older operator sets have as an attribute and newer ones as an operand; undefined if absent. */
  integersOf(attribute: string, index: number): readonly number[] | undefined {
    return this.has(index) ? this.integers(index, attribute) : this.attributes.optionalInts(attribute)
  }

  /** An axis in 0 … rank - 1; negative ones count from the end. */
  axis(axis: number, rank: number): number {
    if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
    throw this.error('bad-input', `axis ${axis} does not exist in rank ${rank}`)
  }

  /**
   * An operand in an order of axes, `order` of `order.length` axes; missing ones are added in front. Default: as it lies.
   * @param isNumber Constants of integers are allowed as well.
   */
  read<T extends tf.Tensor>(index: number, order?: Order, isNumber = false): Reader<T> {
    const { shape, order: own, constant } = this.operand(index)
    const target = order ?? own
    const rank = target.length
    const from = padOrder(own, rank)
    if (constant) {
      if (!isNumber) this.#checkFloats(constant, `operand ${index + 1}`)
      const dims = padShape(shape, rank)
      const tensor = this.weights.upload({ data: constant.data, dims }, (t) => reorder(t, fileOrder(rank), target))
      return () => tensor as T
    }
    const position = this.#operands.slice(0, index).filter((operand) => operand && !operand.constant).length
    return ({ tensors }) => {
      const x = tensors[position]!
      const padded = rank === own.length ? x : tf.reshape(x, [...Array<number>(rank - own.length).fill(1), ...x.shape])
      return reorder(padded, from, target) as T
    }
  }

  /** A result with one output. */
  result(shape: Shape, order: Order, compute: Output['compute'], role: Omit<Built, 'outputs'> = {}): Built {
    return { outputs: [this.output(shape, order, compute)], ...role }
  }

  /** Checks the size of an output, before anything is allocated for it. */
  output(shape: Shape, order: Order, compute: Output['compute']): Output {
    if (shape.some((dim) => !Number.isSafeInteger(dim)) || elements(shape) > MAX_ELEMENTS)
      throw this.error('unsupported', `the output is ${showShape(shape)}, larger than any classifier needs`)
    if (shape.filter((dim) => dim < 0).length > 1)
      throw this.error('unsupported', `the output is ${showShape(shape)}: the batch is in more than one axis`)
    return { shape, order, compute }
  }

  /** Refuses what would take minutes. @param multiplications For one image. */
  checkWork(multiplications: number): void {
    if (multiplications > MAX_WORK)
      throw this.error('unsupported', `${multiplications} multiplications an image, more than any classifier needs`)
  }

  error(code: VatunErrorCode, problem: string): VatunError {
    return new VatunError(code, `openOnnx: ${this.opType} "${this.name}": ${problem}`, {
      details: { node: this.name, operator: this.opType },
    })
  }

  #checkFloats({ dataType, scaled }: Constant, role: string): void {
    if (scaled?.some(Boolean)) throw this.error('unsupported', `${role} depends on the batch size`)
    if (dataType === 'float32' || dataType === 'float16') return
    throw this.error('bad-input', `${role} is ${dataType}, expected float32`)
  }
}
