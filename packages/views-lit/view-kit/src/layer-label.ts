import { type ClassifierInfo, convLayers } from '@vatun/core'

/** A common beginning shorter than this is no trouble to read. */
const longBeginning = 12
const known = new WeakMap<object, Map<number, ReadonlyMap<string, string>>>()

/**
 * A convolution layer's name as views show it where room is scarce, see {@link shortLayerNames}; once per model.
 * @param most Characters that there is room for.
 */
export function layerLabel(model: Pick<ClassifierInfo, 'layers'>, layer: string, most = 24): string {
  const before = known.get(model) ?? new Map<number, ReadonlyMap<string, string>>()
  known.set(model, before)
  let labels = before.get(most)
  if (!labels) {
    const names = convLayers(model).map(({ name }) => name)
    const short = shortLayerNames(names, most)
    labels = new Map(names.map((name, i) => [name, short[i]!]))
    before.set(most, labels)
  }
  return labels.get(layer) ?? layer
}

/**
 * Names of layers with what tells them apart. A long beginning that all have in common, up to a dot or a slash, gives way to `…` (`…expanded_conv_1.project`); of
 * names that are still too long, the parts that come first are reduced to a letter and their numbers (`f.d2.d11.conv1`), unless two would be the same.
 * @param most Characters that there is room for.
 */
export function shortLayerNames(names: readonly string[], most: number): readonly string[] {
  const beginning = commonBeginning(names)
  const whole = beginning.length < longBeginning ? names : names.map((name) => `…${name.slice(beginning.length)}`)
  const short = whole.map((name) => abbreviate(name, most))
  const counts = new Map<string, number>()
  for (const name of short) counts.set(name, (counts.get(name) ?? 0) + 1)
  return short.map((name, i) => (counts.get(name) === 1 ? name : whole[i]!))
}

/** Reduces one part after the other, from the first on, until the name fits; the last part stays. */
function abbreviate(name: string, most: number): string {
  const parts = name.split(/(?<=[./])/)
  for (let i = 0; i < parts.length - 1 && parts.join('').length > most; i++)
    parts[i] = parts[i]!.replace(/^(…?\p{L})[^./]*?(\d[\d_]*)?([./])$/u, '$1$2$3')
  return parts.join('')
}

/** What all names begin with, up to a separator. */
function commonBeginning([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return ''
  let length = 0
  while (length < first.length && others.every((name) => name[length] === first[length])) length++
  return first.slice(0, length).replace(/[^./]*$/, '')
}
