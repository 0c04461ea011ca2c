import type { ImageBatch } from './image-batch.js'

/** A labelled image set: lazy, random access, read only. */
export interface Dataset {
  readonly name: string
  readonly length: number
  readonly classNames: readonly string[]
  /** SHA-256 (hex) over what identifies the content, so that cached results of another set are never taken. */
  readonly hash: string
  /** Class index of image `i`. @throws VatunError `bad-input` outside 0 … length - 1 */
  label(i: number): number
  /** Where image `i` comes from, for people: a path inside the data set. Absent where images have no names. */
  file?(i: number): string
  /** Images in the order of the indices, uint8. */
  images(indices: readonly number[]): Promise<ImageBatch>
}

/** How to open a data set, as JSON. */
export type DatasetSpec = ModuleDatasetSpec | FolderDatasetSpec

/** `module` is a path or URL of an ES module with the export `openDataset(options): Promise<Dataset>`. */
export interface ModuleDatasetSpec {
  readonly format: 'module'
  readonly module: string
  readonly options?: Readonly<Record<string, unknown>>
}

/** A folder of image files, which are brought to the size and the channels of the model's input. */
export interface FolderDatasetSpec {
  readonly format: 'folder'
  /** Path of the folder. */
  readonly path: string
  /** Path of a table with the columns file and label. Default: one sub-folder for each class. */
  readonly labels?: string
  /** Shown in views. Default: the folder's name. */
  readonly name?: string
  /** What names of folders or labels mean that are not names of classes: a name, a number; null leaves their images out. */
  readonly classes?: Readonly<Record<string, string | number | null>>
  /** How images of another shape come to the input's size. Default `crop`. */
  readonly fit?: 'crop' | 'stretch' | 'pad'
  /** Of `fit: "crop"`, the share of the shorter side that is taken. Default 1. */
  readonly crop?: number
  /** Whether damaged images are an error (default) or left out. */
  readonly damaged?: 'refuse' | 'skip'
}
