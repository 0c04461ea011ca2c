/** Markers of JPEG (ITU-T T.81, table B.1). */
const startOfScan = 0xda
const endOfImage = 0xd9
/** Application segment 2, where colour profiles are (ICC.1, annex B.4). */
const app2 = 0xe2
const profileName = 'ICC_PROFILE'

/** Goes through the segments of a file; where one is followed by compressed data, to the end of those. */
function* segments(bytes: Uint8Array): Generator<{ readonly marker: number; readonly start: number }> {
  let at = 2
  for (;;) {
    // Between segments only fill bytes are allowed; what else is there is skipped, as libjpeg does.
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= bytes.length) return
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    const bare = marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)
    if (bare) {
      at += 2
      continue
    }
    yield { marker, start: at + 2 }
    if (marker === endOfImage) return
    at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  }
}

/** A whole file has a scan, and the mark of its end after it. */
export function findJpegDamage(bytes: Uint8Array): string | undefined {
  let scanned = false
  for (const { marker } of segments(bytes)) {
    if (marker === startOfScan) scanned = true
    if (marker === endOfImage) return scanned ? undefined : 'has no picture in it'
  }
  return 'is cut off'
}

/** Renames the profile's segments, so that decoders see no profile in them. */
export function ignoreJpegProfile(bytes: Uint8Array): void {
  for (const { marker, start } of segments(bytes)) {
    if (marker === startOfScan) return
    if (marker === app2 && [...profileName].every((letter, i) => bytes[start + 2 + i] === letter.charCodeAt(0)))
      bytes[start + 2] = 0
  }
}
