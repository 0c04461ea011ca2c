/** How one axis of a convolution's input is computed from its output by convolutions of stride 1, one per phase. */
export interface Phases {
  readonly stride: number
  /** Filter taps of a phase. */
  readonly taps: number
  /** Outputs from `first`, `count` of them, see the input; less than one: none does. */
  readonly first: number
  readonly count: number
  /** Padding of those outputs. */
  readonly pad: readonly [before: number, after: number]
  /** Rows of the result before the first of the input. */
  readonly skip: number
}

/**
 * Row `i` of the input is row `j = i + before` of the padded one; with `j = stride * q + phase` its gradient is
 * `sum over m of dy[q - m] * filter[stride * m + phase]`: for each phase a convolution over `q`.
 *
 * @param size Rows of the input.
 * @param outputs Rows of the output.
 * @param before Padding before the first row.
 */
export function alignPhases(size: number, outputs: number, filter: number, stride: number, before: number): Phases {
  const taps = Math.ceil(filter / stride)
  const start = Math.floor(before / stride)
  const end = Math.ceil((before + size) / stride)
  const pad = [taps - 1 - start, end - outputs] as const
  const first = Math.max(0, -pad[0])
  return {
    stride,
    taps,
    first,
    count: outputs - first - Math.max(0, -pad[1]),
    pad: [Math.max(0, pad[0]), Math.max(0, pad[1])],
    skip: before - start * stride,
  }
}
