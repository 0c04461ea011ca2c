/**
 * The known name that an unknown one was probably meant to be, as the end of a sentence's first half: `, perhaps "rotation" is meant`. Empty when
 * nothing is near.
 */
export function perhaps(name: string, known: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const wanted = plain(name)
  if (wanted === '') return ''
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const text = plain(candidate)
    const inside = wanted.length > 2 && text.endsWith(wanted)
    const distance = inside ? 1 : editDistance(wanted, text)
    if (distance <= Math.max(1, wanted.length / 3) && distance < (nearest?.distance ?? Number.POSITIVE_INFINITY))
      nearest = { name: candidate, distance }
  }
  return nearest ? `, perhaps "${nearest.name}" is meant` : ''
}

/** Characters to insert, delete, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
