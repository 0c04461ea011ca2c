/** How an axis is resampled; names as in the ONNX operator `Resize`. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic'
  readonly transform:
    | 'half_pixel'
    | 'pytorch_half_pixel'
    | 'align_corners'
    | 'asymmetric'
    | 'tf_half_pixel_for_nn'
    | 'half_pixel_symmetric'
    | 'tf_crop_and_resize'
  readonly rounding: 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil'
  /** Coefficient of the cubic kernel. */
  readonly cubic: number
  readonly excludeOutside: boolean
  /** Widens the kernel where the axis gets shorter. */
  readonly antialias: boolean
}

/**
 * The matrix `[out, size]` that resamples an axis of `size` entries to `out`.
 * @param scale As the file gives it; `out / size` may be rounded.
 * @param roi Begin and end of the region, as shares of the axis, for `tf_crop_and_resize`.
 */
export function interpolationMatrix(
  how: Interpolation,
  size: number,
  out: number,
  scale: number,
  roi: readonly [number, number],
): Float32Array {
  const matrix = new Float32Array(out * size)
  for (let i = 0; i < out; i++) {
    const center = sourcePosition(how.transform, i, size, out, scale, roi)
    if (how.transform === 'tf_crop_and_resize' && (center < 0 || center > size - 1)) continue // Rows of zeros.
    for (const [index, weight] of taps(how, center, size, scale))
      matrix[i * size + Math.min(Math.max(index, 0), size - 1)]! += weight
  }
  return matrix
}

function sourcePosition(
  transform: Interpolation['transform'],
  i: number,
  size: number,
  out: number,
  scale: number,
  [begin, end]: readonly [number, number],
): number {
  switch (transform) {
    case 'asymmetric':
      return i / scale
    case 'align_corners':
      return scale * size === 1 ? 0 : (i * (size - 1)) / (scale * size - 1)
    case 'pytorch_half_pixel':
      return out > 1 ? (i + 0.5) / scale - 0.5 : 0
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale
    case 'half_pixel_symmetric': {
      const adjustment = out / (scale * size)
      const center = size / 2
      return center * (1 - adjustment) + (i + 0.5) / scale - 0.5
    }
    case 'tf_crop_and_resize':
      return out > 1
        ? begin * (size - 1) + (i * (end - begin) * (size - 1)) / (out - 1)
        : 0.5 * (begin + end) * (size - 1)
    default:
      return (i + 0.5) / scale - 0.5
  }
}

/** Source entries and their weights, which sum to 1; entries outside repeat the border or are left out. */
function taps(how: Interpolation, center: number, size: number, scale: number): [index: number, weight: number][] {
  if (how.mode === 'nearest') return [[round(center, how.rounding), 1]]
  const kernel = how.mode === 'linear' ? linear : (distance: number) => cubic(distance, how.cubic)
  const stretch = how.antialias ? Math.min(scale, 1) : 1
  const radius = Math.ceil((how.mode === 'linear' ? 1 : 2) / stretch)
  const first = Math.floor(center) - radius + 1
  const entries = Array.from({ length: 2 * radius }, (_, k): [number, number] => [
    first + k,
    kernel((first + k - center) * stretch),
  ])
  const inside = how.excludeOutside || how.antialias ? entries.filter(([index]) => index >= 0 && index < size) : entries
  const total = inside.reduce((sum, [, weight]) => sum + weight, 0)
  return inside.map(([index, weight]) => [index, weight / total])
}

function round(position: number, how: Interpolation['rounding']): number {
  switch (how) {
    case 'floor':
      return Math.floor(position)
    case 'ceil':
      return Math.ceil(position)
    case 'round_prefer_ceil':
      return Math.floor(position + 0.5)
    default:
      return Math.ceil(position - 0.5)
  }
}

function linear(distance: number): number {
  return Math.max(1 - Math.abs(distance), 0)
}

/** Keys' kernel. R. Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981, with free coefficient `a`. */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance)
  if (d >= 2) return 0
  return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
}
