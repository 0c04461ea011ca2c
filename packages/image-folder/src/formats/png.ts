import { crc32 } from 'node:zlib'

interface Chunk {
  readonly type: string
  /** Where its type begins. */
  readonly start: number
  readonly length: number
}

/** Chunks of a file (PNG, third edition, 5.3): length, type, content, CRC. The last one may be cut off. */
function* chunks(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 8
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    yield { type, start: at + 4, length }
    at += length + 12
  }
}

const crcOf = (bytes: Uint8Array, { start, length }: Chunk) => crc32(bytes.subarray(start, start + 4 + length))

/** Every chunk that the picture needs has to be there and to agree with its CRC; that of the end may lack its own. */
export function findPngDamage(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let pixels = false
  for (const chunk of chunks(bytes)) {
    const { type, start, length } = chunk
    if (type === 'IEND') return pixels ? undefined : 'has no picture in it'
    const end = start + 4 + length
    if (end + 4 > bytes.length) return 'is cut off'
    if (type === 'IDAT') pixels = true
    // Upper case: a picture cannot be shown without it.
    const critical = bytes[start]! < 0x60
    if (critical && view.getUint32(end) !== crcOf(bytes, chunk)) return `is damaged (the check sum of ${type} is wrong)`
  }
  return 'is cut off'
}

/** What tells how numbers become colours; `sBIT` and the like stay. */
const colourChunks: ReadonlySet<string> = new Set(['iCCP', 'gAMA', 'cHRM', 'sRGB', 'cICP', 'mDCV', 'cLLI'])

/** Renames these chunks to one that decoders skip; they pass over a wrong check sum of it too. */
export function ignorePngProfile(bytes: Uint8Array): void {
  for (const { type, start } of chunks(bytes)) {
    if (type === 'IDAT') return
    // Lower case, upper, upper, upper: private and not needed.
    if (colourChunks.has(type)) for (const [i, letter] of [...'vATN'].entries()) bytes[start + i] = letter.charCodeAt(0)
  }
}
