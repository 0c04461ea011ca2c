import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import type { OperatorNode } from './operator.js'

/** What the converter merged into a convolution or a product of matrices. */
export interface Fused {
  readonly hasBias: boolean
  /** The part that every backend executes in the same operation. */
  readonly activation: 'linear' | 'relu' | 'relu6'
  /** Everything after `activation`. Gets all inputs of the node. */
  finish(x: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor
  /** Bias and activation function as plain operations. */
  unfused(x: tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor
}

type Finish = (x: tf.Tensor, inputs: readonly tf.Tensor[], alpha: number) => tf.Tensor

const FINISH: Readonly<Record<string, Finish>> = {
  Elu: (x) => tf.elu(x),
  LeakyRelu: (x, _, alpha) => tf.leakyRelu(x, alpha),
  Prelu: (x, inputs) => tf.prelu(x, inputs[3]!),
  Tanh: (x) => tf.tanh(x),
}

const TOGETHER: Readonly<Record<string, Fused['activation']>> = { Relu: 'relu', Relu6: 'relu6' }

/** @throws VatunError `unsupported` for a combination that is not covered, `bad-input` for missing inputs. */
export function readFused(node: OperatorNode): Fused {
  const names = node.attributes.texts('fused_ops', [])
  const alpha = node.attributes.float('leakyrelu_alpha', 0.2)
  const [first, second, ...others] = names
  const hasBias = first === 'BiasAdd'
  const name = hasBias ? second : first
  const isKnown = name === undefined || Object.hasOwn(TOGETHER, name) || Object.hasOwn(FINISH, name)
  if (!isKnown || others.length > 0 || (!hasBias && second !== undefined))
    throw new VatunError('unsupported', `${at(node)}: the fused operations ${names.join(', ')} are not supported`)
  const expected = 2 + (hasBias ? 1 : 0) + (name === 'Prelu' ? 1 : 0)
  if (node.inputs.length < expected || (name === 'Prelu' && !hasBias))
    throw new VatunError(
      'bad-input',
      `${at(node)}: ${node.inputs.length} inputs for ${names.join(', ')}, expected ${expected}`,
    )
  const activation = (name !== undefined && TOGETHER[name]) || 'linear'
  const finish = (name !== undefined && FINISH[name]) || undefined
  const finished: Fused['finish'] = (x, inputs) => (finish ? finish(x, inputs, alpha) : x)
  return {
    hasBias,
    activation,
    finish: finished,
    unfused: (x, inputs) => {
      const sums = hasBias ? tf.add(x, inputs[2]!) : x
      const active = activation === 'relu' ? tf.relu(sums) : activation === 'relu6' ? tf.relu6(sums) : sums
      return finished(active, inputs)
    },
  }
}
