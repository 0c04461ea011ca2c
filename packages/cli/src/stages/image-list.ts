import type { Dataset } from '@vatun/core'

/** Which file each analysed image is and what it is labelled: a CSV table that joins the others by the column index. */
export function writeImageList(dataset: Dataset, indices: readonly number[]): Uint8Array {
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = indices.map((i) =>
    [String(i), dataset.file?.(i) ?? '', dataset.classNames[dataset.label(i)]!].map(quoted).join(','),
  )
  return new TextEncoder().encode(`${['index,file,label', ...rows].join('\n')}\n`)
}
