import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AxisChoice } from '@vatun/augment'
import {
  type DatasetSpec,
  type FolderDatasetSpec,
  type ModelSpec,
  type ModuleDatasetSpec,
  type Preprocessing,
  perhaps,
  VatunError,
} from '@vatun/core'
import { fits } from '@vatun/image-folder'

/** What to analyse and where to put the results: the content of a `*.config.json`. */
export interface Config {
  readonly model: ModelSpec
  readonly dataset: DatasetSpec
  /** Folder of the analysis bundles. */
  readonly output: string
  /** File URL of a module of the user's own augmentations; see `AugmentationModule` of `@vatun/augment`. */
  readonly augmentations?: string
  /** Changes that are simulated and offered. Default: those of the paper's views, and all of the module. */
  readonly axes?: readonly AxisChoice[]
}

type Json = Record<string, unknown>

const fields: readonly string[] = ['model', 'dataset', 'output', 'augmentations', 'axes'] satisfies (keyof Config)[]
const modelFields: readonly string[] = [
  'format',
  'url',
  'name',
  'classNames',
  'preprocessing',
  'input',
  'output',
  'outputName',
  'penultimate',
  'lastConv',
] satisfies (keyof ModelSpec)[]

/**
 * Reads a configuration. Paths in it are relative to the file and come back absolute.
 *
 * @throws VatunError `not-found` or `bad-input` with the field that is wrong.
 */
export async function loadConfig(path: string): Promise<Config> {
  const where = `config ${path}`
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file' : cause.message
    throw new VatunError('not-found', `${where}: ${reason}, give the path of a VATUN configuration`, { cause })
  })
  const config = parse(text, where)
  const folder = dirname(resolve(path))
  checkFields(config, fields, '', where)
  const model = object(config.model, 'model', where)
  checkFields(model, modelFields, 'model.', where)
  const dataset = object(config.dataset, 'dataset', where)
  const format = oneOf(model.format, ['onnx', 'tfjs-layers', 'tfjs-graph'] as const, 'model.format', where)
  const classNames = strings(model.classNames, 'model.classNames', where)
  if (classNames.length === 0)
    throw new VatunError('bad-input', `${where}: "model.classNames" is empty, name every class`)
  return {
    model: {
      format,
      url: absolute(folder, string(model.url, 'model.url', where)),
      name: string(model.name, 'model.name', where),
      classNames,
      preprocessing: preprocessing(model.preprocessing, where),
      ...overrides(model, where),
    },
    dataset: datasetSpec(dataset, folder, where),
    output: resolve(folder, string(config.output ?? '.vatun', 'output', where)),
    ...(config.augmentations !== undefined && {
      augmentations: file(folder, string(config.augmentations, 'augmentations', where), 'augmentations', where),
    }),
    ...(config.axes !== undefined && { axes: axisChoices(config.axes, where) }),
  }
}

const datasetFields = {
  module: ['format', 'module', 'options'] satisfies (keyof ModuleDatasetSpec)[],
  folder: [
    'format',
    'path',
    'labels',
    'name',
    'classes',
    'fit',
    'crop',
    'damaged',
  ] satisfies (keyof FolderDatasetSpec)[],
}

function datasetSpec(dataset: Json, folder: string, where: string): DatasetSpec {
  const format = oneOf(dataset.format, ['folder', 'module'] as const, 'dataset.format', where)
  checkFields(dataset, datasetFields[format], 'dataset.', where)
  if (format === 'module')
    return {
      format,
      module: absolute(folder, string(dataset.module, 'dataset.module', where)),
      ...(dataset.options !== undefined && { options: object(dataset.options, 'dataset.options', where) }),
    }
  const path = (field: 'path' | 'labels') =>
    fileURLToPath(file(folder, string(dataset[field], `dataset.${field}`, where), `dataset.${field}`, where))
  return {
    format,
    path: path('path'),
    ...(dataset.labels !== undefined && { labels: path('labels') }),
    ...(dataset.name !== undefined && { name: string(dataset.name, 'dataset.name', where) }),
    ...(dataset.classes !== undefined && { classes: classMap(dataset.classes, where) }),
    ...(dataset.fit !== undefined && { fit: oneOf(dataset.fit, fits, 'dataset.fit', where) }),
    ...(dataset.crop !== undefined && { crop: share(dataset.crop, where) }),
    ...(dataset.damaged !== undefined && {
      damaged: oneOf(dataset.damaged, ['refuse', 'skip'] as const, 'dataset.damaged', where),
    }),
  }
}

/** Whether the model has these classes is checked when the folder is read. */
function classMap(value: unknown, where: string): NonNullable<FolderDatasetSpec['classes']> {
  const classes = object(value, 'dataset.classes', where)
  for (const [name, meant] of Object.entries(classes))
    if (meant !== null && typeof meant !== 'string' && typeof meant !== 'number')
      throw wrong(`dataset.classes.${name}`, where, "a class's name or number, or null")
  return classes as NonNullable<FolderDatasetSpec['classes']>
}

function share(value: unknown, where: string): number {
  if (!(typeof value === 'number' && value > 0 && value <= 1)) throw wrong('dataset.crop', where, 'a share up to 1')
  return value
}

/** A field that is misspelt would otherwise be as if it were not there. */
function checkFields(value: Json, known: readonly string[], inside: string, where: string): void {
  const unknown = Object.keys(value).find((field) => !known.includes(field) && field !== '$schema')
  if (unknown === undefined) return
  throw new VatunError(
    'bad-input',
    `${where}: no field "${inside}${unknown}"${perhaps(unknown, known)}, expected ${known.join(', ')}`,
    { details: { field: `${inside}${unknown}` } },
  )
}

/** A preset's name or an object; what is in it is checked when the model is opened. */
function preprocessing(value: unknown, where: string): Preprocessing {
  if (typeof value === 'string') return value as Preprocessing
  return object(value, 'model.preprocessing', where) as Preprocessing
}

/** What inspection would find or ask for, where the configuration tells it. */
function overrides(
  model: Json,
  where: string,
): Pick<ModelSpec, 'penultimate' | 'lastConv' | 'output' | 'outputName' | 'input'> {
  const text = (name: 'penultimate' | 'lastConv' | 'outputName') =>
    model[name] === undefined ? {} : { [name]: string(model[name], `model.${name}`, where) }
  return {
    ...text('penultimate'),
    ...text('lastConv'),
    ...text('outputName'),
    ...(model.output !== undefined && {
      output: oneOf(model.output, ['logits', 'softmax'] as const, 'model.output', where),
    }),
    ...(model.input !== undefined && { input: inputSize(object(model.input, 'model.input', where), where) }),
  }
}

/** What is in the list is checked when the axes are chosen, for that takes all augmentations. */
function axisChoices(value: unknown, where: string): readonly AxisChoice[] {
  if (!Array.isArray(value) || value.length === 0) throw wrong('axes', where, 'a list of names or objects')
  return value as AxisChoice[]
}

function inputSize(value: Json, where: string): NonNullable<ModelSpec['input']> {
  const size = (name: string): number => {
    const found = value[name]
    if (!Number.isInteger(found) || (found as number) < 1) throw wrong(`model.input.${name}`, where, 'a whole number')
    return found as number
  }
  return { height: size('height'), width: size('width'), channels: size('channels') }
}

function parse(text: string, where: string): Json {
  try {
    return object(JSON.parse(text), 'the file', where)
  } catch (cause) {
    if (cause instanceof VatunError) throw cause
    throw new VatunError('bad-input', `${where}: is not JSON (${(cause as Error).message})`, { cause })
  }
}

/** File URLs and paths become absolute file URLs; other URLs stay as they are. */
function absolute(folder: string, url: string): string {
  if (/^https?:/.test(url)) return url
  return pathToFileURL(url.startsWith('file:') ? fileURLToPath(url) : resolve(folder, url)).href
}

function file(folder: string, path: string, field: string, where: string): string {
  const url = absolute(folder, path)
  if (!url.startsWith('file:')) throw wrong(field, where, 'the path of a file or folder')
  return url
}

function wrong(field: string, where: string, expected: string): VatunError {
  return new VatunError('bad-input', `${where}: "${field}" is missing or wrong, expected ${expected}`, {
    details: { field },
  })
}

function object(value: unknown, field: string, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(field, where, 'an object')
  return value as Json
}

function string(value: unknown, field: string, where: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(field, where, 'a text')
  return value
}

function strings(value: unknown, field: string, where: string): string[] {
  if (!Array.isArray(value) || !value.every((v) => typeof v === 'string')) throw wrong(field, where, 'a list of texts')
  return value
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], field: string, where: string): T {
  const found = allowed.find((a) => a === value)
  if (found === undefined) throw wrong(field, where, `one of ${allowed.join(', ')}`)
  return found
}
