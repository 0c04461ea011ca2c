/**
 * Moves labels apart along one axis until none is closer than `gap` to the next, as little as possible and within the bounds.
 * Where they cannot all fit, they are spaced evenly.
 * @param wanted Wanted positions, any order.
 * @returns Positions in the order given.
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const n = wanted.length
  const room = n > 1 ? Math.min(gap, (high - low) / (n - 1)) : gap
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!)
  // Shifting label k by k gaps turns "at least a gap apart" into "not decreasing": isotonic regression by pooling neighbours.
  const blocks: { sum: number; count: number }[] = []
  for (const [k, i] of order.entries()) {
    blocks.push({ sum: wanted[i]! - k * room, count: 1 })
    while (blocks.length > 1) {
      const last = blocks.at(-1)!
      const before = blocks.at(-2)!
      if (before.sum / before.count <= last.sum / last.count) break
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count })
    }
  }
  const positions = new Array<number>(n)
  let k = 0
  for (const { sum, count } of blocks) {
    const level = Math.min(high - (n - 1) * room, Math.max(low, sum / count))
    for (let j = 0; j < count; j++, k++) positions[order[k]!] = level + k * room
  }
  return positions
}
