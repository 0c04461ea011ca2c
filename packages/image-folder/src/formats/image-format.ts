import { findJpegDamage, ignoreJpegProfile } from './jpeg.js'
import { findPngDamage, ignorePngProfile } from './png.js'
import { findWebpDamage, ignoreWebpProfile } from './webp.js'

/** A format that is read. */
export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'BMP'

/** The names that files of these formats have. Which format a file is of is told by its content. */
export const imageExtensions: readonly string[] = ['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'bmp', 'dib']

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0))

/** The format of a file by its first bytes; undefined when it is none that is read. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, '\xff\xd8\xff')) return 'JPEG'
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return 'PNG'
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return 'WebP'
  if (startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) return 'GIF'
  return startsWith(bytes, 'BM') ? 'BMP' : undefined
}

/**
 * What is wrong with the structure of an image file, as the end of a sentence: cut off, or of bytes that were changed. The decoder would fill
 * the missing part with a colour and say nothing.
 */
export function findDamage(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'is empty'
  const format = formatOf(bytes)
  switch (format) {
    case undefined:
      return 'is not a JPEG, PNG, WebP, GIF or BMP image'
    case 'JPEG':
      return findJpegDamage(bytes)
    case 'PNG':
      return findPngDamage(bytes)
    case 'WebP':
      return findWebpDamage(bytes)
    case 'BMP':
      return findBmpDamage(bytes)
    case 'GIF':
      return findGifDamage(bytes)
  }
}

/**
 * The same file without its colour profile, so that its numbers stay as they are stored: that is what Pillow and torchvision read, and so what models are
 * trained on. The bytes given are changed.
 */
export function ignoreColourProfile(bytes: Uint8Array): Uint8Array {
  const format = formatOf(bytes)
  if (format === 'JPEG') ignoreJpegProfile(bytes)
  if (format === 'PNG') ignorePngProfile(bytes)
  if (format === 'WebP') ignoreWebpProfile(bytes)
  return bytes
}

/** The header tells where the pixels begin and, where they are not compressed, how many bytes they are. */
function findBmpDamage(bytes: Uint8Array): string | undefined {
  if (bytes.length < 54) return 'is cut off'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const compression = view.getUint32(30, true)
  const row = Math.ceil((view.getInt32(18, true) * view.getUint16(28, true)) / 32) * 4
  const pixels = row * Math.abs(view.getInt32(22, true))
  return compression === 0 && view.getUint32(10, true) + pixels > bytes.length ? 'is cut off' : undefined
}

/** Blocks up to the end of the first frame, the one that is shown (GIF89a, 20 to 23). */
function findGifDamage(bytes: Uint8Array): string | undefined {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + tableSize(bytes[10] ?? 0)
  const skipBlocks = () => {
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1
    at++
  }
  while (at < bytes.length) {
    const kind = bytes[at]
    if (kind === 0x2c) {
      at += 11 + tableSize(bytes[at + 9] ?? 0)
      skipBlocks()
      return at > bytes.length ? 'is cut off' : undefined
    }
    if (kind !== 0x21) return 'has no picture in it'
    at += 2
    skipBlocks()
  }
  return 'is cut off'
}
