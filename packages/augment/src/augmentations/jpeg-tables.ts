// Quantisation tables that the JPEG standard proposes (ITU-T T.81, annex K.1), for quality 50.

const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]

const chrominance = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
]

/** Which of the two tables. */
export type JpegTable = 'luminance' | 'chrominance'

/**
 * `[8, 8]` whole numbers 1 … 255 that DCT coefficients are divided by, row = vertical frequency. Scaled as libjpeg does: by `50 / quality` below
 * 50, by `2 - quality / 50` from 50 on.
 */
export function quantisationTable(table: JpegTable, quality: number): Int32Array {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  const base = table === 'luminance' ? luminance : chrominance
  return Int32Array.from(base, (value) => Math.min(255, Math.max(1, Math.floor((value * percent + 50) / 100))))
}
