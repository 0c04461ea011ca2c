/**
 * An image with a heat map over it, red where the map is strongest, as pixels that `encode` of fast-png takes.
 *
 * @param {import('@vatun/core').ImageBatch} image one image, uint8, as `readImage` gives it
 * @param {import('@vatun/core').ExplainResult} explained of the same size
 */
export function paintMap({ data, channels }, { map, height, width }) {
  const largest = map.reduce((a, b) => Math.max(a, b), 0) || 1
  const pixels = new Uint8Array(3 * map.length)
  for (const [i, value] of map.entries()) {
    const heat = (0.7 * value) / largest
    for (const [c, red] of [255, 0, 0].entries()) {
      const pixel = data[i * channels + (channels === 3 ? c : 0)] ?? 0
      pixels[3 * i + c] = Math.round((1 - heat) * pixel + heat * red)
    }
  }
  return { width, height, data: pixels, channels: 3 }
}
