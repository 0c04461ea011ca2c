import * as tf from '@tensorflow/tfjs-core'
import { type BuiltGraph, buildGraph, executeOutput } from './build-graph.js'
import type { Constant } from './constant.js'
import { readNodes } from './graph.js'
import type { NodeTest } from './node-tests.test.data.js'
import { fileOrder, reorder } from './order.js'
import { createWeightStore } from './weight-store.js'

/** Tests whose images are of integers, which are computed in float32 to the same numbers. */
const OF_INTEGERS = new Set(['edge_pad', 'reflect_pad', 'maxpool_2d_uint8'])

/** Operands that have to be constants, and are in every classifier; `all` for operators that are only evaluated at load. */
const CONSTANT_OPERANDS: Readonly<Record<string, readonly number[] | 'all'>> = {
  And: 'all',
  Or: 'all',
  Not: 'all',
  Equal: 'all',
  Greater: 'all',
  Less: 'all',
  Where: 'all',
  Mod: 'all',
  Range: 'all',
  QuantizeLinear: 'all',
  DequantizeLinear: 'all',
  Cast: 'all',
  BatchNormalization: [1, 2, 3, 4],
  Clip: [1, 2],
  Dropout: [1, 2],
  Pad: [2],
  Resize: [1, 2],
  Upsample: [1],
}

/** `constant`: all inputs are known at load; otherwise those of floats are computed, as far as they are in a classifier. */
export type RunMode = 'plain' | 'differentiable' | 'constant'

/** Runs a test's graph. Returns its outputs in the file's order of axes. */
export function runNodeTest(test: NodeTest, mode: RunMode): Constant[] {
  return withGraph(test, mode, ({ built, outputs, inputs }) => {
    const results: Constant[] = []
    tf.tidy(() => {
      const values = execute(built, toTensors(inputs), mode === 'differentiable')
      for (const name of outputs) {
        const constant = built.constants.get(name)
        const value = constant ? undefined : inFileOrder(built, name, values)
        results.push(
          constant ?? { dataType: 'float32', dims: value!.shape, data: value!.dataSync<'float32'>().slice() },
        )
      }
    })
    return results
  })
}

/** The gradients of the sum of all outputs by the computed inputs. Returns how many there are; throws where one cannot be had. */
export function countGradients(test: NodeTest): number {
  return withGraph(test, 'differentiable', ({ built, outputs, inputs }) => {
    const computed = outputs.filter((name) => !built.constants.has(name))
    if (inputs.size === 0 || computed.length === 0) return 0
    return tf.tidy(() => {
      const tensors = toTensors(inputs)
      const names = [...tensors.keys()]
      const total = (...given: tf.Tensor[]) => {
        const values = execute(built, new Map(names.map((name, i) => [name, given[i]!])), true)
        return tf.addN(computed.map((name) => tf.sum(values.get(name)!))) as tf.Scalar
      }
      return tf.grads(total)([...tensors.values()]).length
    })
  })
}

interface Prepared {
  readonly built: BuiltGraph
  readonly outputs: readonly string[]
  /** The computed ones. */
  readonly inputs: ReadonlyMap<string, Constant>
}

function withGraph<T>(test: NodeTest, mode: RunMode, task: (prepared: Prepared) => T): T {
  const model = test.model()
  const names = model.graph!.input.map(({ name }) => name!)
  const given = new Map(test.inputs().map((input, i) => [names[i]!, inFloat32(input)]))
  const fixed = model.graph!.node.map(({ opType }) => CONSTANT_OPERANDS[opType!] ?? [])
  const isComputed = (name: string, i: number): boolean => {
    if (OF_INTEGERS.has(test.name)) return i === 0
    const isFixed = fixed.some((f) => f === 'all' || (f.includes(i) && fixed.length === 1))
    return mode !== 'constant' && given.get(name)!.dataType === 'float32' && !isFixed
  }
  const computed = names.filter(isComputed)
  const graph = readNodes(model, names)
  const inputs = new Map(computed.map((name) => [name, given.get(name)!]))
  const weights = createWeightStore()
  try {
    const known = [...given].filter(([name]) => !inputs.has(name))
    const types = Array.from(
      inputs,
      ([name, { dims }]) => [name, { shape: dims, order: fileOrder(dims.length) }] as const,
    )
    const parts = { ...graph, constants: new Map([...graph.constants, ...known]), inputs: new Map(types) }
    return task({ built: buildGraph(parts, weights), outputs: graph.outputs, inputs })
  } finally {
    weights.dispose()
  }
}

/** Computing is in float32 throughout. */
function inFloat32(input: Constant): Constant {
  return input.dataType === 'float64' ? { ...input, dataType: 'float32', data: Float32Array.from(input.data) } : input
}

function toTensors(inputs: ReadonlyMap<string, Constant>): Map<string, tf.Tensor> {
  return new Map(Array.from(inputs, ([name, { data, dims }]) => [name, tf.tensor(Float32Array.from(data), [...dims])]))
}

/** Executes a graph; every value must have the shape that was found before. */
function execute(
  { nodes }: BuiltGraph,
  inputs: ReadonlyMap<string, tf.Tensor>,
  differentiable: boolean,
): Map<string, tf.Tensor> {
  const values = new Map(inputs)
  for (const node of nodes)
    for (const [name, output] of node.outputs) {
      const operands = node.inputs.map((input) => values.get(input)!)
      const value = executeOutput(output, operands, differentiable)
      const expected = output.order.map((axis) => output.shape[axis])
      if (value.shape.join() !== expected.join()) throw new Error(`${name}: [${value.shape}], expected [${expected}]`)
      values.set(name, value)
    }
  return values
}

function inFileOrder({ types }: BuiltGraph, name: string, values: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
  const { order } = types.get(name)!
  return reorder(values.get(name)!, order, fileOrder(order.length))
}
