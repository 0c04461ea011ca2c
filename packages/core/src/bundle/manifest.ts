import type { Axis } from '../augmentation.js'
import type { ClassifierInfo } from '../classifier.js'
import type { DatasetSpec } from '../dataset.js'
import { VatunError } from '../errors.js'
import type { ModelSpec } from '../model-spec.js'

/** Version of the layout of a bundle. A reader refuses other versions. */
export const bundleFormatVersion = 1

/** File name of the manifest in the bundle's folder. */
export const manifestFile = 'manifest.json'

const orders = ['first', 'random', 'stratified', 'listed'] as const

/** Which images of the data set were analysed, and in which order; the indices themselves are in the tables. */
export interface ImageSelection {
  readonly count: number
  /** `first`: 0 … count - 1. `stratified`: a seeded sample in which classes take turns. `listed`: given one by one. */
  readonly order: 'first' | 'stratified' | 'listed'
  readonly seed?: number
}

/** A finished file of the bundle. */
export interface ResultEntry {
  readonly status: 'complete'
  /** See {@link resultKey}: what the result depends on. */
  readonly key: string
  readonly bytes: number
  /** Of the file, hex. */
  readonly sha256: string
}

/** What a bundle is about: the manifest without its results. */
export interface BundleSubject {
  /** Version of VATUN that wrote it. */
  readonly vatun: string
  readonly model: { readonly name: string; readonly hash: string }
  readonly dataset: { readonly name: string; readonly hash: string; readonly length: number }
  readonly images: ImageSelection
  readonly classifier: ClassifierInfo
  /** What computes the results, where that is the same for all of them. */
  readonly engine?: string
  readonly classNames: readonly string[]
  readonly specs: { readonly model: ModelSpec; readonly dataset: DatasetSpec }
  /** Axes of the simulation, in the order of display. */
  readonly axes: readonly Axis[]
}

/** `manifest.json` of an analysis bundle. */
export interface Manifest extends BundleSubject {
  readonly formatVersion: typeof bundleFormatVersion
  /** By file name, relative to the bundle's folder. */
  readonly results: Readonly<Record<string, ResultEntry>>
}

/**
 * Checks that parsed JSON is a manifest this version can read.
 * @throws VatunError `bad-input` naming the first wrong field, `unsupported` for another format version
 */
export function checkManifest(json: unknown): Manifest {
  const manifest = object(json, 'the file')
  if (typeof manifest.formatVersion !== 'number') wrong('formatVersion', 'a number', manifest.formatVersion)
  if (manifest.formatVersion !== bundleFormatVersion)
    throw new VatunError(
      'unsupported',
      `manifest: bundle format ${manifest.formatVersion}, this version of VATUN reads ${bundleFormatVersion}; analyse again or use the version that wrote it (${String(manifest.vatun)})`,
    )
  text(manifest, 'vatun')
  const model = object(manifest.model, 'model')
  text(model, 'name', 'model.')
  text(model, 'hash', 'model.')
  const dataset = object(manifest.dataset, 'dataset')
  text(dataset, 'name', 'dataset.')
  text(dataset, 'hash', 'dataset.')
  count(dataset, 'length', 'dataset.')
  const images = object(manifest.images, 'images')
  count(images, 'count', 'images.')
  if (!orders.some((order) => order === images.order))
    wrong('images.order', `one of ${orders.join(', ')}`, images.order)
  const classifier = object(manifest.classifier, 'classifier')
  object(classifier.input, 'classifier.input')
  for (const key of ['name', 'hash', 'penultimate', 'lastConv']) text(classifier, key, 'classifier.')
  for (const [i, layer] of array(classifier.layers, 'classifier.layers').entries())
    text(object(layer, `classifier.layers[${i}]`), 'name', `classifier.layers[${i}].`)
  for (const [i, name] of array(manifest.classNames, 'classNames').entries())
    if (typeof name !== 'string') wrong(`classNames[${i}]`, 'a text', name)
  const specs = object(manifest.specs, 'specs')
  text(object(specs.model, 'specs.model'), 'url', 'specs.model.')
  text(object(specs.dataset, 'specs.dataset'), 'format', 'specs.dataset.')
  for (const [i, axis] of array(manifest.axes, 'axes').entries())
    text(object(axis, `axes[${i}]`), 'name', `axes[${i}].`)
  for (const [file, value] of Object.entries(object(manifest.results, 'results'))) {
    const entry = object(value, `results["${file}"]`)
    if (entry.status !== 'complete') wrong(`results["${file}"].status`, '"complete"', entry.status)
    text(entry, 'key', `results["${file}"].`)
    text(entry, 'sha256', `results["${file}"].`)
    count(entry, 'bytes', `results["${file}"].`)
  }
  return json as Manifest
}

function wrong(field: string, expected: string, found: unknown): never {
  const shown = found === undefined ? 'missing' : `${JSON.stringify(found)?.slice(0, 60)}`
  throw new VatunError('bad-input', `manifest: ${field} is ${shown}, expected ${expected}`, { details: { field } })
}

function object(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(field, 'an object', value)
  return value as Record<string, unknown>
}

function array(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value)) wrong(field, 'a list', value)
  return value as unknown[]
}

function text(owner: Record<string, unknown>, key: string, path = ''): void {
  if (typeof owner[key] !== 'string') wrong(`${path}${key}`, 'a text', owner[key])
}

function count(owner: Record<string, unknown>, key: string, path: string): void {
  const value = owner[key]
  if (!Number.isInteger(value) || (value as number) < 0) wrong(`${path}${key}`, 'a whole number of at least 0', value)
}
