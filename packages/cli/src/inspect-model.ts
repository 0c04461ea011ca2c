import { basename } from 'node:path'
import { prepareBackend } from '@vatun/backend-node'
import { type ClassifierInfo, type LayerInfo, type ModelSpec, VatunError } from '@vatun/core'
import { readTfjsFormat } from '@vatun/core/layers'
import { openModel } from './open-model.js'

/** What `vatun inspect` may be told where a file leaves something open. */
export type InspectOverrides = Pick<ModelSpec, 'input' | 'output' | 'outputName'>

/**
 * Finds out what a model file holds, without a configuration; class names are numbers then.
 * @param place Path or URL of an `.onnx` file or of a `model.json`.
 * @throws VatunError when the file cannot be opened, or asks what it leaves open.
 */
export async function inspectModel(place: string, overrides: InspectOverrides = {}): Promise<ClassifierInfo> {
  const format = await findFormat(place)
  await prepareBackend({ prefer: 'wasm' })
  // Changes nothing of what is found out, and fits files that take uint8 as well.
  const preprocessing = { scale: 255 }
  const classifier = await openModel({ ...overrides, format, url: place, name: basename(place), preprocessing })
  classifier.dispose()
  return classifier.info
}

async function findFormat(place: string): Promise<ModelSpec['format']> {
  if (/\.onnx$/i.test(place)) return 'onnx'
  if (/\.json$/i.test(place)) return readTfjsFormat(place, 'inspect')
  throw new VatunError('bad-input', `inspect: ${place}: which format is it? Give an .onnx file or a model.json`)
}

const FORMATS: Readonly<Record<ClassifierInfo['format'], string>> = {
  onnx: 'ONNX',
  'tfjs-layers': 'tfjs layers model',
  'tfjs-graph': 'tfjs graph model',
}

/** A model as text: what it takes and gives, then a table of its layers. */
export function describeModel(info: ClassifierInfo): string {
  const { input, output, classNames, layers } = info
  const kinds: Readonly<Record<number, string>> = { 1: 'grayscale', 3: 'RGB' }
  const layer = (name: string): string => {
    const found = layers.find((candidate) => candidate.name === name)
    return found ? `${name}, ${channelsOf(found)}, ${mapOf(found)}` : 'none'
  }
  const facts = [
    ['model', info.name],
    ['format', FORMATS[info.format]],
    ['input', `${input.height} × ${input.width}, ${kinds[input.channels] ?? `${input.channels} channels`}`],
    ['classes', String(classNames.length)],
    ['output', output],
    ['penultimate', layer(info.penultimate)],
    ['last conv', layer(info.lastConv)],
  ]
  const rows = layers.map((each, i) => [
    String(i + 1),
    each.name,
    each.kind,
    each.kind === 'conv' || each.kind === 'dense' ? String(each.channels) : '',
    mapOf(each),
  ])
  const table = [['', 'layer', 'kind', 'filters', 'map'], ...rows]
  return `${align(facts)}\n\n${align(table, ['right', 'left', 'left', 'right', 'left'])}`
}

function channelsOf({ kind, channels }: LayerInfo): string {
  const unit = kind === 'conv' ? 'filters' : kind === 'dense' ? 'units' : 'channels'
  return `${channels} ${channels === 1 ? unit.slice(0, -1) : unit}`
}

function mapOf({ height, width, channels }: LayerInfo): string {
  return `${height} × ${width} × ${channels}`
}

/** Columns as wide as their widest cell. */
function align(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[] = []): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          sides[column] === 'right' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
