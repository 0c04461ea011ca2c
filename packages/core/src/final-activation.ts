import * as tf from '@tensorflow/tfjs-core'
import type { Step } from './tfjs-program.js'

/** What a step at the end of a network does: makes probabilities, or only arranges its first input. */
export type Ending = 'softmax' | 'sigmoid' | 'arranging'

/**
 * Looks for the values from which a final softmax or sigmoid makes probabilities; steps that only arrange may follow it, and are then made for
 * those values as well.
 * @param output Value that holds the probabilities, computed by the last step.
 */
export function beforeActivation(
  steps: readonly Step[],
  output: string,
  endingOf: (step: Step) => Ending | undefined,
): { steps: readonly Step[]; output: string; activation: Exclude<Ending, 'arranging'> | undefined } {
  const producers = new Map(steps.map((step) => [step.output, step]))
  const tail: Step[] = []
  let step = producers.get(output)
  while (step && endingOf(step) === 'arranging') {
    tail.unshift(step)
    step = producers.get(step.inputs[0]!)
  }
  const activation = step && endingOf(step)
  if (!step || activation === undefined || activation === 'arranging') return { steps, output, activation: undefined }
  const before = step.inputs[0]!
  if (tail.length === 0) return { steps, output: before, activation }
  const arranged = arrange(tail, before, `${output}, before ${activation}`)
  // Before the last step, which everything is executed up to.
  return { steps: [...steps.slice(0, -1), arranged, ...steps.slice(-1)], output: arranged.output, activation }
}

/** One step that does what several do, one after the other. */
function arrange(tail: readonly Step[], input: string, output: string): Step {
  return {
    label: tail.at(-1)!.label,
    inputs: [input, ...tail.flatMap(({ inputs }) => inputs.slice(1))],
    output,
    kernel: ([first, ...others], differentiable) =>
      tf.tidy(() => {
        const last = tail.reduce(
          (value, { kernel, inputs }) => kernel([value, ...others.splice(0, inputs.length - 1)], differentiable),
          first!,
        )
        if (last.shape.at(-1) === first!.shape.at(-1)) return last
        throw new Error('takes apart what softmax or sigmoid gave, expected one value for each class')
      }),
  }
}
