/**
 * Size of one axis before the batch size is known: a fixed number, or `-k` for k times the batch size.
 */
export type Dim = number

/** Sizes in the file's order of axes. */
export type Shape = readonly Dim[]

/** Number of elements: `size` times the batch size to the power of `power`. */
export interface Count {
  readonly size: number
  readonly power: number
}

export function count(shape: Shape): Count {
  return {
    size: shape.reduce((product, dim) => product * Math.abs(dim), 1),
    power: shape.filter((dim) => dim < 0).length,
  }
}

/** Elements for one image. */
export function elements(shape: Shape): number {
  return count(shape).size
}

/** For messages: `[n, 3, 32, 32]`. */
export function showShape(shape: Shape): string {
  return `[${shape.map((dim) => (dim === -1 ? 'n' : dim < 0 ? `${-dim}n` : String(dim))).join(', ')}]`
}

/** The shape that ONNX broadcasting gives, or undefined where sizes do not fit. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const [left, right] = [padShape(a, rank), padShape(b, rank)]
  const fits = left.every((dim, i) => dim === right[i] || dim === 1 || right[i] === 1)
  return fits ? left.map((dim, i) => (dim === 1 ? right[i]! : dim)) : undefined
}

/** Adds axes of size 1 in front. */
export function padShape(shape: Shape, rank: number): Shape {
  return [...Array<number>(rank - shape.length).fill(1), ...shape]
}

/** Runs of axes whose elements another shape splits or merges: the axes `from` become the axes `to`. */
export interface AxisGroup {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** Cuts a change of shape, which keeps the number of elements, into the smallest independent groups of neighbouring axes. */
export function groupAxes(from: Shape, to: Shape): AxisGroup[] {
  const groups: AxisGroup[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    const group = { from: [] as number[], to: [] as number[] }
    let [left, right]: [Count, Count] = [count([]), count([])]
    do {
      const isBehind = left.power < right.power || (left.power === right.power && left.size <= right.size)
      const takesLeft = group.from.length === 0 || (group.to.length > 0 && isBehind)
      if (i < from.length && (takesLeft || j >= to.length)) {
        group.from.push(i)
        left = count([...group.from.map((axis) => from[axis]!)])
        i++
      } else {
        group.to.push(j)
        right = count([...group.to.map((axis) => to[axis]!)])
        j++
      }
    } while (
      (i < from.length || j < to.length) &&
      !(group.from.length > 0 && group.to.length > 0 && left.size === right.size && left.power === right.power)
    )
    groups.push(group)
  }
  const last = groups.at(-1)
  if (groups.length > 1 && last && (last.from.length === 0 || last.to.length === 0)) {
    const before = groups.at(-2)!
    groups.splice(-2, 2, { from: [...before.from, ...last.from], to: [...before.to, ...last.to] })
  }
  return groups
}
