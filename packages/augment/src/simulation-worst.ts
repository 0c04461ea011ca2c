import type { WorstImages } from '@vatun/core'

/** An image at the degree at which its confidence in the true class is least. */
export interface WorstImage {
  readonly index: number
  readonly label: number
  /** Position of the degree. */
  readonly degree: number
  /** Softmax of the true class without the change and at that degree. */
  readonly unchanged: number
  readonly changed: number
  /** Predicted class at that degree. */
  readonly predicted: number
}

const dropOf = ({ unchanged, changed }: WorstImage) => unchanged - changed

/** Of each true class the `count` images of both lists with the largest drop, largest first; of equals the one with the lower index. */
export function mergeWorst(a: readonly WorstImage[], b: readonly WorstImage[], count: number): readonly WorstImage[] {
  const kept = new Map<number, number>()
  return [...a, ...b]
    .sort((x, y) => dropOf(y) - dropOf(x) || x.index - y.index)
    .filter(({ label }) => {
      const before = kept.get(label) ?? 0
      kept.set(label, before + 1)
      return before < count
    })
}

/** The list in columns. */
export function columnsOfWorst(worst: readonly WorstImage[]): WorstImages {
  return {
    index: Int32Array.from(worst, ({ index }) => index),
    label: Uint16Array.from(worst, ({ label }) => label),
    degree: Uint16Array.from(worst, ({ degree }) => degree),
    unchanged: Float32Array.from(worst, ({ unchanged }) => unchanged),
    changed: Float32Array.from(worst, ({ changed }) => changed),
    predicted: Uint16Array.from(worst, ({ predicted }) => predicted),
  }
}
