import { makeData, Utf8 } from 'apache-arrow'
import type { NeuralPattern, PatternTable } from '../patterns.js'
import { type Column, decodeTable, encodeTable, listColumn, numberColumn, structColumn } from './arrow-table.js'
import { listOf, numbersOf, primitive } from './arrow-values.js'

/**
 * One row a pattern, best first: pattern (position), items (list of layer and filter), support, images (list of data set indices),
 * class_counts (list). Images mined and least support are metadata.
 */
export function encodePatterns(table: PatternTable): Uint8Array {
  const { patterns } = table
  const n = patterns.length
  const items = patterns.flatMap((p) => p.items)
  const itemColumn = structColumn(
    {
      layer: textColumn(items.map((item) => item.layer)),
      filter: numberColumn(Int32Array.from(items, (item) => item.filter)),
    },
    items.length,
  )
  const images = Int32Array.from(patterns.flatMap((p) => Array.from(p.images)))
  const counts = Uint32Array.from(patterns.flatMap((p) => Array.from(p.classCounts)))
  const columns = {
    pattern: numberColumn(Int32Array.from(patterns, (_, i) => i)),
    items: listColumn(
      itemColumn,
      patterns.map((p) => p.items.length),
    ),
    support: numberColumn(Int32Array.from(patterns, (p) => p.images.length)),
    images: listColumn(
      numberColumn(images),
      patterns.map((p) => p.images.length),
    ),
    class_counts: listColumn(
      numberColumn(counts),
      patterns.map((p) => p.classCounts.length),
    ),
  }
  return encodeTable('patterns', columns, n, { images: table.images, minSupport: table.minSupport })
}

/** Reverses {@link encodePatterns}; the patterns' arrays are views of the bytes. */
export function decodePatterns(bytes: Uint8Array): PatternTable {
  const table = decodeTable('patterns', bytes)
  const items = listOf(table.column('items'))
  const images = listOf(table.column('images'))
  const counts = listOf(table.column('class_counts'))
  const imageValues = images.child ? primitive(images.child, Int32Array) : new Int32Array(0)
  const countValues = counts.child ? primitive(counts.child, Uint32Array) : new Uint32Array(0)
  const itemChild = table.column('items').getChildAt(0)
  const layers = itemChild?.getChild('layer')
  const filterColumn = itemChild?.getChild('filter')
  const filters = filterColumn ? numbersOf(filterColumn, Int32Array) : new Int32Array(0)
  const patterns = items.ranges.map(([start, end], row): NeuralPattern => {
    const [firstImage, lastImage] = images.ranges[row]!
    const [firstCount, lastCount] = counts.ranges[row]!
    return {
      items: Array.from({ length: end - start }, (_, i) => ({
        layer: String(layers?.get(start + i)),
        filter: filters[start + i]!,
      })),
      images: imageValues.subarray(firstImage, lastImage),
      classCounts: countValues.subarray(firstCount, lastCount),
    }
  })
  return { images: table.meta.images as number, minSupport: table.meta.minSupport as number, patterns }
}

function textColumn(texts: readonly string[]): Column {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const valueOffsets = new Int32Array(texts.length + 1)
  for (const [i, bytes] of encoded.entries()) valueOffsets[i + 1] = valueOffsets[i]! + bytes.length
  const data = new Uint8Array(valueOffsets[texts.length]!)
  for (const [i, bytes] of encoded.entries()) data.set(bytes, valueOffsets[i])
  return makeData({ type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data })
}
