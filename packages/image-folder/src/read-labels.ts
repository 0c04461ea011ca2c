import { readFile } from 'node:fs/promises'
import { VatunError } from '@vatun/core'
import { dsvFormat } from 'd3-dsv'
import { describeIoError } from './describe-io-error.js'

/** A line of a label file. */
export interface LabelLine {
  /** Relative to the folder of the images, with `/` between folders. */
  readonly file: string
  readonly label: string
  /** For messages; the header is line 1. */
  readonly line: number
}

/**
 * Reads a table with the columns `file` and `label`, separated by comma, semicolon or tab, whichever the header has. Other columns are not looked at.
 *
 * @throws VatunError `not-found` when it is not there, `bad-input` when it lacks a column, a value, or names a file twice
 */
export async function readLabels(path: string, where: string): Promise<readonly LabelLine[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VatunError('not-found', `${where}: labels ${path} cannot be read: ${describeIoError(cause, 'file')}`, {
      cause,
    })
  })
  const clean = text.replace(/^\ufeff/, '')
  const header = /^[^\r\n]*/.exec(clean)![0]
  const separator = [',', ';', '\t'].find((character) => header.includes(character)) ?? ','
  const [names = [], ...rows] = dsvFormat(separator).parseRows(clean)
  const columns = names.map((name) => name.trim().toLowerCase())
  const column = (name: string) => {
    const index = columns.indexOf(name)
    if (index < 0)
      throw new VatunError(
        'bad-input',
        `${where}: labels ${path} has no column "${name}", its first line is ${JSON.stringify(header.slice(0, 80))}; name the columns file and label there`,
      )
    return index
  }
  const [fileColumn, labelColumn] = [column('file'), column('label')]
  const seen = new Map<string, number>()
  return rows.flatMap((row, i) => {
    if (row.every((value) => value.trim() === '')) return []
    const line = i + 2
    const file = (row[fileColumn] ?? '').trim().replaceAll('\\', '/').replace(/^\.\//, '')
    const label = (row[labelColumn] ?? '').trim()
    if (file === '' || label === '')
      throw new VatunError(
        'bad-input',
        `${where}: labels ${path}, line ${line}: has no ${file === '' ? 'file' : 'label'}, give both or remove the line`,
      )
    const before = seen.get(file)
    if (before !== undefined)
      throw new VatunError(
        'bad-input',
        `${where}: labels ${path}: lines ${before} and ${line} both name ${file}, keep one of them`,
      )
    seen.set(file, line)
    return [{ file, label, line }]
  })
}
