const shades = ' .:-=+*#%@'

/**
 * A heat map as text: a character a column and every second row, since characters are twice as high as wide. `@` is the strongest.
 *
 * @param {import('@vatun/core').ExplainResult} map
 * @returns {string}
 */
export function drawMap({ map, height, width }) {
  const largest = map.reduce((a, b) => Math.max(a, b), 0) || 1
  const lines = []
  for (let row = 0; row < height; row += 2) {
    let line = ''
    for (let column = 0; column < width; column++) {
      const share = (map[row * width + column] ?? 0) / largest
      line += shades[Math.min(shades.length - 1, Math.floor(share * shades.length))]
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}
