import { combineLatest, distinctUntilChanged, map, type Observable, scan, startWith } from 'rxjs'
import type { PredictionTable } from '../../predictions.js'
import type { ImageRef } from '../ports.js'
import { type Session, selectedImages } from '../session.js'
import type { SessionState } from '../state.js'
import type { ImageStrip, UploadedImage } from './testing-state.js'

/** The data set image of the session or the upload, whichever was chosen last; emitted when it is another one. */
export function shownImage(session: Session, upload: Observable<UploadedImage | null>): Observable<ImageRef | null> {
  interface Choice {
    readonly index: number | null
    readonly upload: UploadedImage | null
    /** An upload that gave way to a data set image. */
    readonly ignored: UploadedImage | null
  }
  return combineLatest([session.pick('image'), upload.pipe(startWith(null), distinctUntilChanged())]).pipe(
    scan(
      (before: Choice, [index, upload]) => ({
        index,
        upload,
        ignored: index === before.index ? before.ignored : before.upload,
      }),
      { index: session.state.image, upload: null, ignored: null },
    ),
    map(({ index, upload, ignored }): ImageRef | null => {
      if (upload && upload !== ignored) return { kind: 'upload', ...upload }
      return index === null ? null : { kind: 'dataset', index }
    }),
    distinctUntilChanged((a, b) => a === b || (!!a && !!b && imageKey(a) === imageKey(b))),
  )
}

const uploadKeys = new WeakMap<object, string>()
let uploads = 0

/** Tells images apart: by index, or by the identity of what was uploaded. */
export function imageKey(image: ImageRef): string {
  if (image.kind === 'dataset') return `dataset ${image.index}`
  const key = uploadKeys.get(image.image) ?? `upload ${++uploads}`
  uploadKeys.set(image.image, key)
  return key
}

const rowsOf = new WeakMap<PredictionTable, ReadonlyMap<number, number>>()

/** True class of a data set image, where the table has it. */
export function labelOf(image: ImageRef | null, table: PredictionTable | undefined): number | null {
  const row = rowOf(image, table)
  return row === undefined ? null : table!.labels[row]!
}

/** What a data set image is predicted as, where the table has it. */
export function predictedOf(image: ImageRef | null, table: PredictionTable | undefined): number | null {
  const row = rowOf(image, table)
  return row === undefined ? null : table!.predicted[row]!
}

function rowOf(image: ImageRef | null, table: PredictionTable | undefined): number | undefined {
  if (image?.kind !== 'dataset' || !table) return undefined
  const rows = rowsOf.get(table) ?? new Map(Array.from(table.indices, (index, row) => [index, row]))
  rowsOf.set(table, rows)
  return rows.get(image.index)
}

/** What prev and next step through. */
export function stripOf(
  image: ImageRef | null,
  selection: SessionState['selection'],
  table: PredictionTable | undefined,
): ImageStrip {
  const selected = selectedImages(selection)
  const indices = selected ? [...selected] : (table?.indices ?? [])
  const position = image?.kind === 'dataset' ? Array.prototype.indexOf.call(indices, image.index) : -1
  return { indices, selected: selected !== null, position }
}
