import { perhaps, VatunError } from '@vatun/core'

/** What a folder's name or a label of the file means: a class by its name or its number; null leaves its images out. */
export type ClassMap = Readonly<Record<string, string | number | null>>

/** Finds classes of a model by the names that a data set has for them. */
export interface ClassMatcher {
  /** Class index; null for what is to be left out; undefined for a name that is no class. */
  find(name: string): number | null | undefined
}

/**
 * Matches names as they are, then without regard to case, spaces, `_` and `-`.
 *
 * @param classNames Of the model; two classes may have the same name, and are then told apart by number in `classes`.
 * @throws VatunError `bad-input` when `classes` names a class that there is not
 */
export function createMatcher(classNames: readonly string[], classes: ClassMap, where: string): ClassMatcher {
  const exact = indicesBy(classNames, (name) => name.normalize('NFC'))
  const plain = indicesBy(classNames, plainName)
  const lookUp = (name: string): number | undefined => {
    const found = exact.get(name.normalize('NFC')) ?? plain.get(plainName(name))
    if (found && found.length > 1)
      throw new VatunError(
        'bad-input',
        `${where}: "${name}" fits ${found.length} classes of the model, ${found.map((i) => `${i} ("${classNames[i]}")`).join(' and ')}; say which by its number in "classes"`,
      )
    return found?.[0]
  }
  const mapped = new Map(
    Object.entries(classes).map(([name, meant]) => {
      const index = typeof meant === 'string' ? lookUp(meant) : meant
      const known =
        index === null || (index !== undefined && Number.isInteger(index) && classNames[index] !== undefined)
      if (!known)
        throw new VatunError(
          'bad-input',
          `${where}: classes: "${name}" is to be ${typeof meant === 'string' ? `"${meant}"${perhaps(meant, classNames)}` : String(meant)}, which is no class of the model; give a name, a number from 0 to ${classNames.length - 1}, or null to leave it out`,
        )
      return [name.normalize('NFC'), index] as const
    }),
  )
  return {
    find: (name) => {
      const index = mapped.get(name.normalize('NFC'))
      return index === undefined ? lookUp(name) : index
    },
  }
}

/** The names that match no class, each with the class that may be meant, and what to do about it. */
export function unmatchedError(
  where: string,
  what: readonly [one: string, many: string],
  names: readonly string[],
  classNames: readonly string[],
  hint = '',
): VatunError {
  const shown = names.slice(0, 10).map((name) => {
    const nearest = perhaps(name, classNames).replace(/^, (.*) is meant$/, ' ($1?)')
    return `"${name}"${nearest}`
  })
  const list = (texts: readonly string[], all: number) => `${texts.join(', ')}${all > texts.length ? ', …' : ''}`
  const known = list(classNames.slice(0, 10), classNames.length)
  const [subject, them] =
    names.length === 1
      ? [`1 ${what[0]} is`, 'rename it or map it']
      : [`${names.length} ${what[1]} are`, 'rename or map them']
  return new VatunError(
    'bad-input',
    `${where}: ${subject} no class of the model: ${list(shown, names.length)}; ${hint || `${them} in "classes"`} (its classes are ${known})`,
    { details: { unmatched: names } },
  )
}

function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
}

function indicesBy(names: readonly string[], key: (name: string) => string): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const [i, name] of names.entries()) found.set(key(name), [...(found.get(key(name)) ?? []), i])
  return found
}
