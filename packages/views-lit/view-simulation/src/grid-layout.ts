/** Geometry of the small multiples, CSS pixels. */
export interface GridLayout {
  /** Width of the column of class names. */
  readonly names: number
  readonly cellWidth: number
  readonly rowHeight: number
  /** Of all columns. */
  readonly width: number
  /** Of all class rows; more than the panel's where they have to scroll. */
  readonly height: number
}

const leastCell = 52
const wantedCell = 65
const spaciousCell = 90
const largestCell = 140
const leastRow = 20
const largestRow = 96

/** Width at which names and column heads are not cut. */
export function wantedWidth(columns: number, longestName: number): number {
  return Math.round(namesWidth(longestName) + columns * wantedCell)
}

/** Bold, as the name of the row in focus is. */
function namesWidth(longestName: number): number {
  return Math.max(56, longestName * 7.5 + 14)
}

/**
 * Fits `rows` class rows and one row of all classes into the panel; cells keep a legible size and scroll where they do not fit.
 * @param head Height of the column heads, above the row of all classes.
 */
export function layoutGrid(
  panel: { readonly width: number; readonly height: number; readonly head: number },
  columns: number,
  rows: number,
  longestName: number,
): GridLayout {
  // Names get what columns leave where these are few.
  const room = Math.max(panel.width * 0.3, panel.width - columns * spaciousCell)
  const names = Math.round(Math.min(room, panel.width * 0.5, namesWidth(longestName)))
  const cellWidth = Math.min(largestCell, Math.max(leastCell, Math.floor((panel.width - names) / Math.max(1, columns))))
  const rowHeight = Math.min(largestRow, Math.max(leastRow, Math.floor((panel.height - panel.head) / (rows + 1))))
  return { names, cellWidth, rowHeight, width: names + columns * cellWidth, height: rows * rowHeight }
}

/** Characters of the longest row name, with room for the colour of a class. */
export function longestName({ classNames }: { readonly classNames: readonly string[] }): number {
  return Math.max('all classes'.length, ...classNames.map((name) => name.length + 2))
}
