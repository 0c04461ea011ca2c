import type { NetworkLayer } from '@vatun/core'
import { shortLayerNames } from '@vatun/view-kit'

/** The dots of one layer: rows of equal length, left-aligned. */
export interface DotBlock {
  readonly layer: NetworkLayer
  /** Its name as far as there is room. */
  readonly label: string
  /** Upper edge of the block and of its dots, CSS pixels; a block of few dots is as high as its label. */
  readonly top: number
  readonly dotsTop: number
  readonly height: number
  readonly columns: number
  readonly rows: number
  /** Whether there is room for the name. */
  readonly labelled: boolean
}

/** Where every filter is drawn. */
export interface DotLayout {
  readonly blocks: readonly DotBlock[]
  /** Distance of neighbouring dots: from row to row, and within a row, where there may be more room. */
  readonly pitch: number
  readonly pitchX: number
  /** Left edge of the dots: the width of the labels. */
  readonly left: number
  /** Of the whole drawing; more than the panel's where it has to scroll. */
  readonly height: number
}

const labelHeight = 13
/** Width of a letter of a label. */
const letter = 6.2
const largestPitch = 22
const smallestPitch = 3
const scrollingPitch = 4
/** Of the distance within a row, compared with that between rows. */
const mostStretch = 1.75
/** Around the dots, so that the ring around the outermost dots is not cut. */
const margin = 4

/**
 * Fits layers as labelled bands into a panel, one below the other: the largest dots for which every layer has its name; where
 * that fails, as many names as there is room for; where even the smallest dots do not fit, a drawing that scrolls.
 */
export function layoutDots(layers: readonly NetworkLayer[], width: number, height: number): DotLayout {
  const names = layers.map(({ name }) => name)
  const labels = shortLayerNames(names, Math.floor((width * 0.3 - 10) / letter))
  const longest = Math.max(0, ...labels.map((label) => label.length))
  const left = Math.ceil(Math.min(width * 0.3, longest * letter + 10))
  for (const least of [labelHeight, 0])
    for (let pitch = largestPitch; pitch >= smallestPitch; pitch -= 0.25) {
      const layout = place(layers, labels, left, width, pitch, least)
      if (layout.height <= height) return widen(spread(layout, height), width)
    }
  // It scrolls anyway; larger dots are welcome as long as they fill the height that the names take.
  const scrolling = place(layers, labels, left, width, scrollingPitch, labelHeight)
  for (let pitch = largestPitch; pitch > scrollingPitch; pitch -= 0.25) {
    const layout = place(layers, labels, left, width, pitch, labelHeight)
    if (layout.height <= scrolling.height) return widen(layout, width)
  }
  return widen(scrolling, width)
}

/** Centre of the dot of a filter; null for a position that is not in the network. */
export function dotCentre(layout: DotLayout, position: number): { readonly x: number; readonly y: number } | null {
  const block = layout.blocks.find(({ layer }) => position >= layer.start && position < layer.start + layer.filters)
  if (!block) return null
  const i = position - block.layer.start
  return {
    x: layout.left + ((i % block.columns) + 0.5) * layout.pitchX,
    y: block.dotsTop + (Math.floor(i / block.columns) + 0.5) * layout.pitch,
  }
}

/** Position of the filter drawn at a point, null beside the dots. */
export function dotAt(layout: DotLayout, x: number, y: number): number | null {
  const block = layout.blocks.find(({ dotsTop, rows }) => y >= dotsTop && y < dotsTop + rows * layout.pitch)
  if (!block || x < layout.left) return null
  const column = Math.floor((x - layout.left) / layout.pitchX)
  const i = Math.floor((y - block.dotsTop) / layout.pitch) * block.columns + column
  return column < block.columns && i < block.layer.filters ? block.layer.start + i : null
}

/** The layer whose name, or empty room, is at a height; null between the layers. */
export function layerAt(layout: DotLayout, y: number): NetworkLayer | null {
  return layout.blocks.find(({ top, height }) => y >= top && y < top + Math.max(height, labelHeight))?.layer ?? null
}

/**
 * Where a key takes the focus: arrows to the neighbouring dot (up and down also into the next layer), Home and End to the ends of
 * the layer, Page Up and Page Down a layer on. @returns null when the key does not move.
 */
export function moveDot(layout: DotLayout, position: number, key: string): number | null {
  const { blocks } = layout
  const at = blocks.findIndex(({ layer }) => position >= layer.start && position < layer.start + layer.filters)
  const block = blocks[at]
  if (!block) return null
  const { layer, columns, rows } = block
  const i = position - layer.start
  const [row, column] = [Math.floor(i / columns), i % columns]
  const last = layer.start + layer.filters - 1
  const enter = (next: DotBlock | undefined, intoRow: (rows: number) => number): number => {
    if (!next) return position
    const wanted = intoRow(next.rows) * next.columns + Math.min(column, next.columns - 1)
    return next.layer.start + Math.min(wanted, next.layer.filters - 1)
  }
  switch (key) {
    case 'ArrowLeft':
      return Math.max(blocks[0]!.layer.start, position - 1)
    case 'ArrowRight':
      return Math.min(blocks.at(-1)!.layer.start + blocks.at(-1)!.layer.filters - 1, position + 1)
    case 'ArrowUp':
      return row > 0 ? position - columns : enter(blocks[at - 1], (count) => count - 1)
    case 'ArrowDown':
      return row < rows - 1 ? Math.min(last, position + columns) : enter(blocks[at + 1], () => 0)
    case 'Home':
      return layer.start
    case 'End':
      return last
    case 'PageUp':
      return enter(blocks[at - 1], () => 0)
    case 'PageDown':
      return enter(blocks[at + 1], () => 0)
    default:
      return null
  }
}

function place(
  layers: readonly NetworkLayer[],
  labels: readonly string[],
  left: number,
  width: number,
  pitch: number,
  leastHeight: number,
): DotLayout {
  const room = Math.max(1, Math.floor((width - left - margin) / pitch))
  const gap = 2
  let top = margin
  let named = Number.NEGATIVE_INFINITY
  const blocks = layers.map((layer, i): DotBlock => {
    const rows = Math.max(1, Math.ceil(layer.filters / room))
    const dots = rows * pitch
    const height = Math.max(leastHeight, dots)
    const labelled = top - named >= labelHeight
    if (labelled) named = top
    const block = {
      layer,
      label: labels[i]!,
      top,
      dotsTop: top + Math.max(0, (leastHeight - dots) / 2),
      height,
      columns: Math.max(1, Math.ceil(layer.filters / rows)),
      rows,
      labelled,
    }
    top += height + gap
    return block
  })
  return { blocks, pitch, pitchX: pitch, left, height: Math.max(0, top - gap) + margin }
}

/** Shares out the height that is left as gaps between the layers. */
function spread(layout: DotLayout, height: number): DotLayout {
  const gap = Math.min(16, (height - layout.height) / Math.max(1, layout.blocks.length - 1))
  const blocks = layout.blocks.map((block, i) => ({
    ...block,
    top: block.top + i * gap,
    dotsTop: block.dotsTop + i * gap,
  }))
  return { ...layout, blocks }
}

/** Shares out the width that the longest row leaves, as far as rows still read as rows. */
function widen(layout: DotLayout, width: number): DotLayout {
  const columns = Math.max(1, ...layout.blocks.map((block) => block.columns))
  const pitchX = Math.min((width - layout.left - margin) / columns, layout.pitch * mostStretch)
  return { ...layout, pitchX: Math.max(layout.pitch, pitchX) }
}
