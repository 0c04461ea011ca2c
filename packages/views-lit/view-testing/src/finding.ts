import { argmax, type TestingViewState, valueSoFar } from '@vatun/core'
import { formatProbability } from '@vatun/view-kit'

/** What the testing view shows in one sentence: `Flips from bird .91 to frog .61`. */
export function findingOf(state: TestingViewState, names: readonly string[]): string {
  const before = valueSoFar(state.original)
  if (!before) return ''
  const was = argmax(before.probabilities)
  const name = (c: number) => names[c] ?? `class ${c}`
  const p = (probabilities: Float32Array, c: number) => formatProbability(probabilities[c]!)
  const after = state.pipeline.length > 0 ? valueSoFar(state.changed) : undefined
  if (!after) {
    const truth = state.label === null ? '' : state.label === was ? ', right' : `, but it is ${name(state.label)}`
    return `Predicted ${name(was)} ${p(before.probabilities, was)}${truth}.`
  }
  const is = argmax(after.probabilities)
  if (is === was) return `Stays ${name(was)}: ${p(before.probabilities, was)} → ${p(after.probabilities, was)}.`
  return `Flips from ${name(was)} ${p(before.probabilities, was)} to ${name(is)} ${p(after.probabilities, is)}.`
}
