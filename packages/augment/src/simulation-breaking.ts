import { type Axis, argmax, type BreakingMagnitudes } from '@vatun/core'

/** Columns of {@link BreakingMagnitudes}, ascending by index. */
export type BreakingSums = Omit<BreakingMagnitudes, 'tolerance'>

/** The columns of all, ascending by index. */
export function mergeBreaking(...parts: readonly BreakingSums[]): BreakingSums {
  const rows = parts.flatMap((part, p) => Array.from(part.index, (index, row) => ({ index, p, row })))
  rows.sort((a, b) => a.index - b.index)
  return {
    index: Int32Array.from(rows, ({ index }) => index),
    label: Uint16Array.from(rows, ({ p, row }) => parts[p]!.label[row]!),
    below: Float64Array.from(rows, ({ p, row }) => parts[p]!.below[row]!),
    above: Float64Array.from(rows, ({ p, row }) => parts[p]!.above[row]!),
  }
}

/** Where an image breaks on one side: right at `inner`, wrong at `outer`, which is farther from the identity. */
export interface Bracket {
  readonly row: number
  readonly side: 'below' | 'above'
  readonly inner: number
  readonly outer: number
}

/**
 * The neighbouring degrees between which each image breaks, on each side of the identity.
 * @param unchanged `[n, classes]` softmax at the identity.
 * @param probabilities `[degree][n, classes]` softmax.
 * @returns A bracket of two equal ends for an image that is wrong unchanged; none where an image never breaks.
 */
export function findBrackets(
  { degrees, identity }: Pick<Axis, 'degrees' | 'identity'>,
  labels: readonly number[],
  classes: number,
  unchanged: Float32Array,
  probabilities: readonly Float32Array[],
): readonly Bracket[] {
  const outwards = [...degrees.keys()].sort(
    (a, b) => Math.abs(degrees[a]! - identity) - Math.abs(degrees[b]! - identity),
  )
  const sides = {
    below: outwards.filter((d) => degrees[d]! < identity),
    above: outwards.filter((d) => degrees[d]! > identity),
  }
  return labels.flatMap((label, row) => {
    const isWrong = (rows: Float32Array) => argmax(rows, row * classes, classes) !== label
    return (['below', 'above'] as const).flatMap((side): Bracket[] => {
      if (isWrong(unchanged)) return [{ row, side, inner: identity, outer: identity }]
      const order = sides[side]
      const first = order.findIndex((d) => isWrong(probabilities[d]!))
      if (first < 0) return []
      return [
        { row, side, inner: first === 0 ? identity : degrees[order[first - 1]!]!, outer: degrees[order[first]!]! },
      ]
    })
  })
}

/**
 * Halves brackets until they are no wider than the tolerance. Where a prediction comes and goes within a bracket, it ends at one of the places
 * where it goes.
 * @param isWrong Whether the images of these rows are predicted wrongly at these magnitudes.
 */
export async function bisect(
  brackets: readonly Bracket[],
  tolerance: number,
  wholeNumbers: boolean,
  isWrong: (places: readonly { readonly row: number; readonly degree: number }[]) => Promise<readonly boolean[]>,
): Promise<readonly Bracket[]> {
  const middle = ({ inner, outer }: Bracket) => (wholeNumbers ? Math.trunc((inner + outer) / 2) : (inner + outer) / 2)
  const isWide = (bracket: Bracket) =>
    Math.abs(bracket.outer - bracket.inner) > tolerance &&
    middle(bracket) !== bracket.inner &&
    middle(bracket) !== bracket.outer
  let current = brackets
  for (;;) {
    const wide = current.filter(isWide)
    if (wide.length === 0) return current
    const answers = await isWrong(wide.map((bracket) => ({ row: bracket.row, degree: middle(bracket) })))
    const halved = new Map(
      wide.map((bracket, i) => [bracket, { ...bracket, [answers[i] ? 'outer' : 'inner']: middle(bracket) }]),
    )
    current = current.map((bracket) => halved.get(bracket) ?? bracket)
  }
}
