import { createCanvas, Image } from '@napi-rs/canvas'
import { findDamage, ignoreColourProfile } from './formats/image-format.js'

/** A decoded picture, upright. */
export interface DecodedImage {
  readonly width: number
  readonly height: number
  /** Pixels `[bottom - top, width, 4]` of some rows, RGBA, over white where the picture is transparent. */
  rows(top: number, bottom: number): Uint8ClampedArray
}

/**
 * Decodes JPEG, PNG, WebP, BMP and the first frame of GIF, off the thread. Turned as its EXIF data say (JPEG and WebP), without regard to colour profiles.
 *
 * @param bytes Of the file; they are changed.
 * @throws Error whose message is the end of a sentence that begins with the file's name: `is cut off`
 */
export async function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  const damage = findDamage(bytes)
  if (damage) throw new Error(damage)
  const image = new Image()
  image.src = ignoreColourProfile(bytes)
  await image.decode().catch((cause: unknown) => {
    throw new Error('cannot be decoded', { cause })
  })
  const { width, height } = image
  if (!(width > 0 && height > 0)) throw new Error('cannot be decoded')
  return {
    width,
    height,
    rows(top, bottom) {
      const context = createCanvas(width, bottom - top).getContext('2d')
      context.fillStyle = 'white'
      context.fillRect(0, 0, width, bottom - top)
      context.drawImage(image, 0, top, width, bottom - top, 0, 0, width, bottom - top)
      return context.getImageData(0, 0, width, bottom - top).data
    },
  }
}
