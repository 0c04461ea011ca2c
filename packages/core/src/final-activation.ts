import type { Step } from './tfjs-program.js'

/** What makes probabilities, or their logarithms, of the scores at the end of a network. */
export type FinalActivation = 'softmax' | 'log-softmax' | 'sigmoid'

/** What a step at the end of a network does: part of a {@link FinalActivation}, or only arranging its first input. */
export type Ending = FinalActivation | 'exp' | 'log' | 'arranging'

/**
 * Looks for the values from which a final softmax or sigmoid makes probabilities, behind steps that only arrange them. A logarithm of a softmax
 * counts as one function, as does the exponential of its logarithm.
 * @param output Value that the network ends in.
 * @returns The value before the function, whose rows hold the same classes in the same order; or the output, where there is none.
 */
export function beforeActivation(
  steps: readonly Step[],
  output: string,
  endingOf: (step: Step) => Ending | undefined,
): { readonly output: string; readonly activation: FinalActivation | undefined } {
  const producers = new Map(steps.map((step) => [step.output, step]))
  const arranged = (value: string) => {
    let step = producers.get(value)
    while (step && endingOf(step) === 'arranging') step = producers.get(step.inputs[0]!)
    return { ending: step && endingOf(step), input: step?.inputs[0] ?? '' }
  }
  const last = arranged(output)
  const inner = last.ending === 'exp' || last.ending === 'log' ? arranged(last.input) : undefined
  if (last.ending === 'exp' && inner?.ending === 'log-softmax') return { output: inner.input, activation: 'softmax' }
  if (last.ending === 'log' && inner?.ending === 'softmax') return { output: inner.input, activation: 'log-softmax' }
  if (inner || !last.ending || last.ending === 'arranging') return { output, activation: undefined }
  return { output: last.input, activation: last.ending as FinalActivation }
}
