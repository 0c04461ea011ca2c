import { VatunError } from '@vatun/core'

/** The size of a change of pixels in [0, 1]: a number, or a fraction as papers write it, `'8/255'`. */
export type Epsilon = number | `${number}/${number}`

const fraction = /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)\s*$/

/** The value of `'8/255'`; undefined for anything that is no fraction of two positive decimal numbers. */
export function parseFraction(text: string): number | undefined {
  const [, above, below] = fraction.exec(text) ?? []
  return Number(below) > 0 ? Number(above) / Number(below) : undefined
}

/** The number that an epsilon stands for. @throws VatunError `bad-input` unless it lies in 0 … max */
export function epsilonOf(epsilon: Epsilon, where: string, max: number, name = 'epsilon'): number {
  const value = typeof epsilon === 'number' ? epsilon : parseFraction(epsilon)
  if (value !== undefined && value >= 0 && value <= max) return value
  const range = max === Number.POSITIVE_INFINITY ? 'at least 0' : `0 to ${max}`
  throw new VatunError('bad-input', `${where}: ${name} is ${epsilon}, expected ${range} or a fraction such as 8/255`)
}
