/** Which rows of a long list exist, all of one height: those in view and some beyond each edge, so that a thousand scroll as ten do. */
export interface RowWindow {
  /** Position of the first row that exists, and one behind the last. */
  readonly from: number
  readonly to: number
}

/** @param view How far the list is scrolled and how much of it is seen, in CSS pixels. */
export function rowWindow(
  rows: number,
  rowHeight: number,
  view: { readonly scroll: number; readonly height: number },
): RowWindow {
  const from = Math.min(rows, Math.max(0, Math.floor(view.scroll / rowHeight) - 1))
  return { from, to: Math.min(rows, Math.ceil((view.scroll + view.height) / rowHeight) + 1) }
}

/** The row that Tab reaches: the one that keys went to last, or where that does not exist, because the list was scrolled without them, the nearest that does. */
export function reachableRow(row: number, { from, to }: RowWindow): number {
  return Math.max(from, Math.min(to - 1, row))
}

/** Where to scroll so that a row is in view whole; as it is where it already is. */
export function scrollToRow(
  row: number,
  rowHeight: number,
  view: { readonly scroll: number; readonly height: number },
): number {
  const top = row * rowHeight
  if (top < view.scroll) return top
  return top + rowHeight > view.scroll + view.height ? top + rowHeight - view.height : view.scroll
}

/** The row that a key goes to from a row; null for keys that do not move. */
export function moveRow(row: number, rows: number, key: string, page: number): number | null {
  const steps: Record<string, number> = {
    ArrowUp: row - 1,
    ArrowDown: row + 1,
    PageUp: row - page,
    PageDown: row + page,
    Home: 0,
    End: rows - 1,
  }
  const target = steps[key]
  return target === undefined || rows === 0 ? null : Math.min(rows - 1, Math.max(0, target))
}
