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
  /** Images in the order of the indices, uint8. */
  images(indices: readonly number[]): Promise<ImageBatch>
}

/**
 * How to open a dataset, as JSON. `module` is a path or URL of an ES module with the export
 * `openDataset(options): Promise<Dataset>`.
 */
export interface DatasetSpec {
  readonly format: 'module'
  readonly module: string
  readonly options?: Readonly<Record<string, unknown>>
}
