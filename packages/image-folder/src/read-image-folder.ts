import { basename, resolve } from 'node:path'
import { VatunError } from '@vatun/core'
import { type CheckOptions, checkImages } from './check-images.js'
import { countExtensions, type ListedFiles, listImages } from './list-images.js'
import { type ClassMap, type ClassMatcher, createMatcher, unmatchedError } from './match-classes.js'
import { readLabels } from './read-labels.js'

/** Options of {@link readImageFolder}. */
export interface ImageFolderOptions extends CheckOptions {
  /** Classes of the model, in its order. */
  readonly classNames: readonly string[]
  /** A table with the columns file and label, in place of a sub-folder for each class. */
  readonly labels?: string
  /** What names of folders or labels mean that are not names of classes. */
  readonly classes?: ClassMap
  /** Shown in views. Default: the folder's name. */
  readonly name?: string
  /** Images that cannot be read: `refuse` (default) lists them in an error, `skip` leaves them out. */
  readonly damaged?: 'refuse' | 'skip'
}

/** A folder of labelled images that has been looked at; structured-cloneable. */
export interface ImageFolder {
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly classNames: readonly string[]
  readonly files: readonly ImageFile[]
  /** What was left out and what is not there, a sentence each. */
  readonly notes: readonly string[]
}

/** An image of a folder. */
export interface ImageFile {
  /** Relative to the folder, with `/` between folders. */
  readonly name: string
  /** Class index. */
  readonly label: number
  /** Of the file's content, hex. */
  readonly sha256: string
}

interface Labelled {
  readonly name: string
  readonly label: number
}

/**
 * Looks at a folder of images: one sub-folder for each class, or a table of labels. Every file is read, hashed and decoded once, so that a damaged one
 * is known before anything is computed. Images come in the order of their names.
 *
 * @throws VatunError `io` when the folder cannot be read, `bad-input` when a name fits no class, images are damaged, or there are none
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions): Promise<ImageFolder> {
  const path = resolve(folder)
  const name = options.name ?? basename(path)
  const where = `dataset ${name}`
  const matcher = createMatcher(options.classNames, options.classes ?? {}, where)
  const listed = await listImages(path, where)
  const { images, notes } = options.labels
    ? await labelByTable(path, resolve(options.labels), listed, matcher, options.classNames, where)
    : labelByFolder(path, listed, matcher, options.classNames, where)
  if (images.length === 0)
    throw new VatunError(
      'bad-input',
      `${where}: no images in ${path}${listed.others.length > 0 ? `, only ${countExtensions(listed.others)}` : ''}; put JPEG, PNG, WebP, GIF or BMP files there, ${options.labels ? 'and name them in the labels' : 'in a folder for each class'}`,
    )
  if (listed.others.length > 0) notes.push(`left out what is no image: ${countExtensions(listed.others)}`)
  const names = images.map((image) => image.name)
  const checked = await checkImages(path, names, options)
  const damaged = names.flatMap((file, i) => (checked[i]!.damage ? [`${file} ${checked[i]!.damage}`] : []))
  if (damaged.length > 0) {
    const list = `${damaged.slice(0, 20).join(', ')}${damaged.length > 20 ? ', …' : ''}`
    if (options.damaged !== 'skip')
      throw new VatunError(
        'bad-input',
        `${where}: ${plural(damaged.length, 'image')} cannot be used: ${list}; replace or remove ${damaged.length === 1 ? 'it' : 'them'}, or leave ${damaged.length === 1 ? 'it' : 'them'} out with "damaged": "skip"`,
        { details: { damaged } },
      )
    notes.push(`left out ${plural(damaged.length, 'damaged image')}: ${list}`)
  }
  const files = images.flatMap((image, i): ImageFile[] => {
    const { damage, sha256 } = checked[i]!
    return damage ? [] : [{ ...image, sha256 }]
  })
  if (files.length === 0) throw new VatunError('bad-input', `${where}: every image in ${path} is damaged`)
  notes.push(...emptyClasses(files, options.classNames))
  return { name, path, classNames: options.classNames, files, notes }
}

function labelByFolder(
  path: string,
  { images, folders }: ListedFiles,
  matcher: ClassMatcher,
  classNames: readonly string[],
  where: string,
): { images: Labelled[]; notes: string[] } {
  const folderOf = (name: string) => name.slice(0, Math.max(0, name.indexOf('/')))
  const used = [...new Set(images.map(folderOf))].filter((folder) => folder !== '')
  if (images.length > 0 && used.length === 0)
    throw new VatunError(
      'bad-input',
      `${where}: ${path} has ${plural(images.length, 'image')} and no sub-folders${folders.length > 0 ? ' with images' : ''}; make one for each class, or name a table of labels in "labels"`,
    )
  const labels = new Map(used.map((folder) => [folder, matcher.find(folder)]))
  const unmatched = used.filter((folder) => labels.get(folder) === undefined)
  if (unmatched.length > 0) {
    // Somebody gives the folder above: photos/train/cat.
    const deeper = images.find((name) => {
      const [top, sub, ...rest] = name.split('/')
      return rest.length > 0 && unmatched.includes(top!) && matcher.find(sub!) !== undefined
    })
    const hint = deeper && `the classes are folders in there, give ${path}/${folderOf(deeper)} as path`
    throw unmatchedError(where, ['folder', 'folders'], unmatched, classNames, hint)
  }
  const notes: string[] = []
  const loose = images.filter((name) => folderOf(name) === '')
  if (loose.length > 0) notes.push(`left out ${plural(loose.length, 'image')} beside the folders of the classes`)
  const unwanted = images.filter((name) => labels.get(folderOf(name)) === null)
  if (unwanted.length > 0)
    notes.push(`left out ${plural(unwanted.length, 'image')} of folders that "classes" maps to null`)
  const labelled = images.flatMap((name) => {
    const label = labels.get(folderOf(name))
    return typeof label === 'number' ? [{ name, label }] : []
  })
  return { images: labelled, notes }
}

async function labelByTable(
  path: string,
  table: string,
  listed: ListedFiles,
  matcher: ClassMatcher,
  classNames: readonly string[],
  where: string,
): Promise<{ images: Labelled[]; notes: string[] }> {
  const lines = await readLabels(table, where)
  // A table may write é in another way than the disk.
  const byName = new Map(listed.images.map((name) => [name.normalize('NFC'), name]))
  const missing = lines.filter(({ file }) => !byName.has(file.normalize('NFC')))
  if (missing.length > 0) {
    const shown = missing.slice(0, 10).map(({ file, line }) => `${file} (line ${line})`)
    throw new VatunError(
      'bad-input',
      `${where}: labels ${table} names ${plural(missing.length, 'file')} that ${path} has no image of: ${shown.join(', ')}${missing.length > shown.length ? ', …' : ''}; names are relative to that folder`,
      { details: { missing: missing.map(({ file }) => file) } },
    )
  }
  const meaning = new Map([...new Set(lines.map(({ label }) => label))].map((label) => [label, meant(label)]))
  function meant(label: string): number | null | undefined {
    const found = matcher.find(label)
    return found === undefined && /^\d+$/.test(label) && Number(label) < classNames.length ? Number(label) : found
  }
  const unmatched = [...meaning].flatMap(([label, index]) => (index === undefined ? [label] : []))
  if (unmatched.length > 0) throw unmatchedError(where, ['label', 'labels'], unmatched, classNames)
  const images = lines
    .flatMap(({ file, label }) => {
      const index = meaning.get(label)
      return typeof index === 'number' ? [{ name: byName.get(file.normalize('NFC'))!, label: index }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const without = listed.images.length - images.length
  return { images, notes: without > 0 ? [`left out ${plural(without, 'image')} without a label`] : [] }
}

function emptyClasses(files: readonly ImageFile[], classNames: readonly string[]): string[] {
  const present = new Set(files.map(({ label }) => label))
  const empty = classNames.filter((_, i) => !present.has(i))
  if (empty.length === 0) return []
  const list = `${empty.slice(0, 5).join(', ')}${empty.length > 5 ? ', …' : ''}`
  return [`no images of ${empty.length} of ${classNames.length} classes: ${list}`]
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
