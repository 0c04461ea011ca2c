/** The size of a change of pixels in [0, 1]: a number, or a fraction as papers write it, `'8/255'`. */
export type Epsilon = number | `${number}/${number}`

const fraction = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)\s*$/

/** The value of `'8/255'`; undefined for anything that is no fraction of two positive decimal numbers. */
export function parseFraction(text: string): number | undefined {
  const [, above, below] = fraction.exec(text) ?? []
  return Number(below) > 0 ? Number(above) / Number(below) : undefined
}
