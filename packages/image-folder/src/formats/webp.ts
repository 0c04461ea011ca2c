/** The container tells its length (WebP container specification, RIFF header). */
export function findWebpDamage(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return bytes.length < 20 || view.getUint32(4, true) + 8 > bytes.length ? 'is cut off' : undefined
}

/** Renames the chunk of the profile and takes its flag out of the extended header. */
export function ignoreWebpProfile(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 12; at + 8 <= bytes.length; ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4))
    const length = view.getUint32(at + 4, true)
    if (type === 'VP8X' && at + 8 < bytes.length) bytes[at + 8]! &= ~0x20
    if (type === 'ICCP') bytes[at] = 'X'.charCodeAt(0)
    at += 8 + length + (length % 2)
  }
}
