import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import { checkResult, type GraphOperator, integers, type OperatorNode } from './operator.js'

type Borders = [before: number, after: number][]

/** Reads the borders of each axis and checks what becomes of the tensor. */
function bordersOf(node: OperatorNode): (inputs: readonly tf.Tensor[]) => Borders {
  const read = integers(node, 1)
  return (inputs) => {
    const { shape, rank } = inputs[0]!
    const flat = read(inputs)
    if (flat.length !== 2 * rank || flat.some((border) => border < 0))
      throw new VatunError('bad-input', `${at(node)}: paddings are [${flat.join(', ')}] for rank ${rank}`)
    const borders = shape.map((_, axis): Borders[number] => [flat[2 * axis]!, flat[2 * axis + 1]!])
    const padded = shape.map((size, axis) => size + borders[axis]![0] + borders[axis]![1])
    checkResult(node, padded)
    return borders
  }
}

/** Borders of one value, a third input, which is 0 if left out. */
export const Pad: GraphOperator = {
  inputs: 2,
  build(node) {
    const borders = bordersOf(node)
    return (inputs) => tf.pad(inputs[0]!, borders(inputs), inputs[2] ? inputs[2].dataSync()[0] : 0)
  },
}

const MODES: Readonly<Record<string, 'reflect' | 'symmetric'>> = { REFLECT: 'reflect', SYMMETRIC: 'symmetric' }

/** Borders that mirror the image. */
export const MirrorPad: GraphOperator = {
  inputs: 2,
  build(node) {
    const name = node.attributes.text('mode', 'REFLECT')
    const mode = Object.hasOwn(MODES, name) ? MODES[name] : undefined
    if (!mode) throw new VatunError('bad-input', `${at(node)}: mode is "${name}", expected REFLECT or SYMMETRIC`)
    const borders = bordersOf(node)
    return (inputs) => tf.mirrorPad(inputs[0]!, borders(inputs), mode)
  },
}
