/**
 * A cloudy texture by midpoint displacement on a torus (the diamond-square algorithm; Fournier, Fussell & Carpenter 1982, "Computer rendering of
 * stochastic models").
 *
 * @param size Power of two.
 * @param decay The displacement shrinks by `decay²` from one level to the next: larger is smoother.
 * @param random Uniform in [0, 1).
 * @returns `[size, size]` in 0 … 1, both reached.
 */
export function plasmaFractal(size: number, decay: number, random: () => number): Float64Array {
  const map = new Float64Array(size * size)
  const at = (row: number, column: number) => ((row + size) % size) * size + ((column + size) % size)
  let displacement = 1
  const settle = (row: number, column: number, neighbours: readonly (readonly [number, number])[]) => {
    const mean = neighbours.reduce((sum, [y, x]) => sum + map[at(row + y, column + x)]!, 0) / 4
    map[at(row, column)] = mean + displacement * (2 * random() - 1)
  }
  for (let step = size; step >= 2; step /= 2) {
    const half = step / 2
    const corners = [-half, half].flatMap((y) => [-half, half].map((x) => [y, x] as const))
    const sides = [
      [-half, 0],
      [half, 0],
      [0, -half],
      [0, half],
    ] as const
    for (let row = half; row < size; row += step)
      for (let column = half; column < size; column += step) settle(row, column, corners)
    for (let row = 0; row < size; row += step)
      for (let column = half; column < size; column += step) settle(row, column, sides)
    for (let row = half; row < size; row += step)
      for (let column = 0; column < size; column += step) settle(row, column, sides)
    displacement /= decay ** 2
  }
  return stretch(map)
}

/** A texture for an image: the upper left part of a square that holds it. */
export function cloud(height: number, width: number, decay: number, random: () => number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(height, width, 2)))
  const map = plasmaFractal(size, decay, random)
  return Float64Array.from({ length: height * width }, (_, p) => map[Math.floor(p / width) * size + (p % width)]!)
}

function stretch(map: Float64Array): Float64Array {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of map) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const range = most - least || 1
  return map.map((value) => (value - least) / range)
}
