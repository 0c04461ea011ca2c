const known = new WeakMap<readonly string[], readonly string[]>()

/**
 * Class names as views show them, no two alike: of a list of synonyms the first one (`Siberian husky` of `Siberian husky, Canis lupus`) where that tells the
 * class from all others (a comma within a word or number parts nothing: `1,000 yen`), otherwise the whole name, with its number where it occurs twice. Once per list.
 */
export function classLabels(names: readonly string[]): readonly string[] {
  const before = known.get(names)
  if (before) return before
  const short = names.map((name, c) => name.split(/,\s/)[0]!.trim() || name.trim() || `class ${c}`)
  const [shorts, wholes] = [counted(short), counted(names)]
  const labels = short.map((label, c) => {
    if (shorts.get(label.toLowerCase()) === 1) return label
    const whole = names[c]!.trim() || label
    return wholes.get(names[c]!.toLowerCase()) === 1 ? whole : `${whole} (${c})`
  })
  known.set(names, labels)
  return labels
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1)
  return counts
}

/** Whether a class is meant by what somebody types: every word is part of its whole name, or is its number. */
export function classMatcher(query: string, names: readonly string[]): (classIndex: number) => boolean {
  const words = plain(query).split(/\s+/).filter(Boolean)
  return (c) => {
    if (words.length === 0) return true
    const name = plain(names[c] ?? '')
    return words.every((word) => name.includes(word) || word === String(c))
  }
}

/** Classes that somebody may mean, those first whose name begins with what is typed, then those with a word that does; otherwise as numbered. */
export function findClasses(query: string, names: readonly string[]): readonly number[] {
  const wanted = plain(query).trim()
  const fits = classMatcher(query, names)
  const rank = (c: number) => {
    const name = plain(names[c]!)
    return name.startsWith(wanted) ? 0 : name.includes(` ${wanted}`) ? 1 : 2
  }
  return [...names.keys()].filter(fits).sort((a, b) => rank(a) - rank(b) || a - b)
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
