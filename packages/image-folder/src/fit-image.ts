import type { DecodedImage } from './decode-image.js'
import { type FitOptions, placeImage, type Size } from './fit.js'
import { rangeOf, resampleColumns, resampleLine, resampleRows } from './resampling.js'

/** What a model takes. */
export interface ImageInput extends Size {
  readonly channels: number
}

/** Pixels that are taken from the decoder at a time: of a large picture there is then one copy, the decoder's own. */
const stripPixels = 2 ** 20

/**
 * Brings a picture to the size of an input.
 *
 * @param target `[height, width, channels]` of the input, all 0, written here. Where the picture does not reach it stays 0.
 */
export function fitImage(image: DecodedImage, input: ImageInput, options: FitOptions, target: Uint8Array): void {
  const channels = input.channels === 1 ? 1 : 3
  const { resized, window, place, size } = placeImage(image, input, options)
  const across = resampleLine(image.width, resized.width, window.x, size.width)
  const down = resampleLine(image.height, resized.height, window.y, size.height)
  const [top, bottom] = rangeOf(down)
  const stride = size.width * channels
  const narrow = new Uint8Array((bottom - top) * stride)
  const strip = Math.max(1, Math.floor(stripPixels / image.width))
  for (let y = top; y < bottom; y += strip) {
    const end = Math.min(bottom, y + strip)
    resampleRows(image.rows(y, end), image.width, end - y, channels, across, narrow, (y - top) * stride)
  }
  const offset = (place.y * input.width + place.x) * channels
  resampleColumns(narrow, stride, top, down, target, offset, input.width * channels)
}
