import type { PredictionTable } from '../predictions.js'
import type { SimulationResult } from '../simulation.js'
import { valueSoFar } from './results.js'
import { type Session, selectedImages } from './session.js'
import { axisEffect } from './views/class-effects.js'
import { summarisePredictions } from './views/embedding-summary.js'
import { measureCurve, simulationMeasures } from './views/simulation-measures.js'

/** A table that a person can take along. */
export interface ExportTable {
  /** File name: `predictions.csv`. */
  readonly file: string
  /** What is in it, in words: `200 images: true and predicted class, confidence`. */
  readonly content: string
  /** CSV (RFC 4180) with a line of column names. Written when it is asked for. */
  readonly write: () => string
}

type Cell = string | number | boolean

/**
 * What is known so far as tables for other tools, in the order of the views. Empty cells stand for what is not known, and for degrees of breaking where none breaks an
 * image on that side.
 * @param selected Keeps the images of the selection in tables of images.
 */
export function exportTables(session: Session, selected = false): readonly ExportTable[] {
  const { model, dataset, axes } = session.subject
  const subject = { names: model.classNames, files: dataset.files }
  const { predictions, patterns, simulation } = session.results
  const table = valueSoFar(predictions)
  const kept = selected ? selectedImages(session.state.selection) : null
  const known = valueSoFar(patterns)
  return [
    ...(table ? predictionTables(table, subject, kept) : []),
    ...(known && known.patterns.length > 0
      ? [
          {
            file: 'patterns.csv',
            content: `${count(known.patterns.length, 'pattern')}: filters and images`,
            write: () =>
              csv(
                ['pattern', 'support', 'filters', 'images'],
                known.patterns.map(({ items, images }, i) => [
                  i + 1,
                  images.length,
                  items.map(({ layer, filter }) => `${layer}:${filter}`).join(' '),
                  images.join(' '),
                ]),
              ),
          },
        ]
      : []),
    ...axes.flatMap((axis) => {
      const result = valueSoFar(simulation[axis.name] ?? { status: 'waiting' })
      return result ? simulationTables(result, subject, kept) : []
    }),
  ]
}

/** What tables call classes and images. */
interface Names {
  readonly names: readonly string[]
  /** Where the images come from files. */
  readonly files: Session['subject']['dataset']['files']
}

/** Columns that tell an image, its file among them where there is one. */
function imageColumns(files: Names['files']) {
  return {
    head: files ? ['image', 'file'] : ['image'],
    cells: (index: number): Cell[] => (files ? [index, files[index] ?? ''] : [index]),
  }
}

function predictionTables(
  table: PredictionTable,
  { names, files }: Names,
  kept: ReadonlySet<number> | null,
): readonly ExportTable[] {
  const { indices, labels, predicted, confidence, margin } = table
  const rows = [...indices.keys()].filter((r) => kept === null || kept.has(indices[r]!))
  const summary = summarisePredictions(table, names)
  const image = imageColumns(files)
  const classes = summary.classes.filter(({ images }) => images > 0)
  const name = (c: number) => names[c] ?? c
  return [
    {
      file: 'predictions.csv',
      content: `${count(rows.length, kept ? 'selected image' : 'image')}: true and predicted class, confidence, margin`,
      write: () =>
        csv(
          [...image.head, 'true', 'predicted', 'right', 'confidence', 'margin'],
          rows.map((r) => [
            ...image.cells(indices[r]!),
            name(labels[r]!),
            name(predicted[r]!),
            labels[r] === predicted[r],
            confidence[r]!,
            margin[r]!,
          ]),
        ),
    },
    {
      file: 'classes.csv',
      content: `${count(classes.length, 'class')}: images, wrong ones, accuracy`,
      write: () =>
        csv(
          ['class', 'images', 'wrong', 'accuracy'],
          classes.map(({ fullName, images, wrong }) => [fullName, images, wrong, (images - wrong) / images]),
        ),
    },
    {
      file: 'confusions.csv',
      content: `${count(summary.confused.length, 'pair')} of classes that are confused`,
      write: () =>
        csv(
          ['true', 'predicted', 'images'],
          summary.confused.map((pair) => [name(pair.label), name(pair.predicted), pair.count]),
        ),
    },
  ]
}

function simulationTables(
  result: SimulationResult,
  { names, files }: Names,
  kept: ReadonlySet<number> | null,
): readonly ExportTable[] {
  const { axis, degrees, details } = result
  const effect = axisEffect(result)
  const rows = [null, ...effect.classes.filter(({ images }) => images > 0).map(({ trueClass }) => trueClass)]
  const name = (c: number | null) => (c === null ? 'all classes' : (names[c] ?? c))
  const curves = {
    file: `simulation-${axis.name}.csv`,
    content: `${axis.label}: all measures of ${count(rows.length - 1, 'class')}, with 95 % intervals`,
    write: () =>
      csv(
        [
          'class',
          'images',
          'degree',
          ...simulationMeasures.flatMap((m) => [m.name, `${m.name}_low`, `${m.name}_high`]),
        ],
        rows.flatMap((c): Cell[][] => {
          const shown = simulationMeasures.map((measure) => measureCurve(result, measure.name, c))
          const images = c === null ? effect.images : effect.classes[c]!.images
          return degrees.map((degree, d): Cell[] => [
            name(c),
            images,
            degree,
            ...shown.flatMap((curve): Cell[] =>
              curve ? [curve.mean[d]!, curve.low[d]!, curve.high[d]!] : ['', '', ''],
            ),
          ])
        }),
      ),
  }
  if (!details) return [curves]
  const { index, label, below, above } = details.breaking
  const image = imageColumns(files)
  const images = [...index.keys()].filter((row) => kept === null || kept.has(index[row]!))
  const breaking = {
    file: `breaking-${axis.name}.csv`,
    content: `${axis.label}: where ${count(images.length, kept ? 'selected image' : 'image')} ${images.length === 1 ? 'is' : 'are'} first predicted wrongly`,
    write: () =>
      csv(
        [...image.head, 'true', 'breaks_below', 'breaks_above'],
        images.map((row) => [...image.cells(index[row]!), name(label[row]!), below[row]!, above[row]!]),
      ),
  }
  return [curves, breaking]
}

function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: Cell): string {
  // Seven digits are more than a float32 has.
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : ''
  // A spreadsheet takes such a text for a formula, and a class name may come from a file of somebody else; an apostrophe makes it a text again.
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function count(n: number, what: string): string {
  const plural = what.endsWith('s') ? `${what}es` : `${what}s`
  return `${n.toLocaleString('en')} ${n === 1 ? what : plural}`
}
