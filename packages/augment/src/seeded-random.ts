/**
 * Uniform numbers in [0, 1), the same for the same keys on every machine: a counter whose bits are mixed (Steele et al. 2014, "Fast splittable
 * pseudorandom number generators", with 32 bits).
 * @param keys Whole numbers: a seed, an image, a restart.
 */
export function seededRandom(...keys: readonly number[]): () => number {
  let state = keys.reduce((hash, key) => scramble(Math.imul(hash, 31) + key), increment)
  return () => {
    state = (state + increment) | 0
    return (scramble(state) >>> 0) / 2 ** 32
  }
}

/** The golden ratio as a share of 2³². */
const increment = 0x9e3779b9

/** Numbers of the standard normal distribution, two at a time (Box and Muller 1958). */
export function seededNormal(...keys: readonly number[]): () => number {
  const random = seededRandom(...keys)
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** Mixes all bits of a whole number (the end of MurmurHash3). */
function scramble(key: number): number {
  let h = key | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
