import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Fit } from './fit.js'
import { readImage } from './image-dataset.js'

interface Case {
  readonly file: string
  readonly fit: Fit
  readonly crop: number
  readonly size: number
  readonly channels: 1 | 3
  readonly at: number
}

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
const cases = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as readonly Case[]
const expected = inflateSync(readFileSync(fixture('expected.bin')))

describe('what Pillow makes of a file', () => {
  it.each(cases)('$file, $fit $crop to $size × $size × $channels', async ({ file, fit, crop, size, channels, at }) => {
    const options = fit === 'crop' ? { fit, crop } : { fit }
    const { data, ...shape } = await readImage(fixture(file), { height: size, width: size, channels }, options)
    expect(shape).toEqual({ n: 1, height: size, width: size, channels })
    const wanted = expected.subarray(at, at + data.length)
    const off = Math.max(...Array.from(data, (value, i) => Math.abs(value - wanted[i]!)))
    // Blending with white rounds in another place.
    expect(off).toBeLessThanOrEqual(file.startsWith('alpha') ? 1 : 0)
  })
})

it('refuses what is not an image, and inputs of two channels', async () => {
  const input = { height: 4, width: 4, channels: 3 }
  await expect(readImage(fixture('expected.json'), input)).rejects.toThrow(
    /expected\.json is not a JPEG, PNG, WebP, GIF or BMP image, give another file$/,
  )
  await expect(readImage(fixture('absent.png'), input)).rejects.toThrow(/absent\.png cannot be read \(no such file\)$/)
  await expect(readImage(fixture('gray.png'), { ...input, channels: 2 })).rejects.toThrow(/with 2 channels/)
  await expect(readImage(fixture('gray.png'), input, { crop: 1.5 })).rejects.toThrow(/crop is 1\.5, expected a share/)
  await expect(readImage(fixture('gray.png'), input, { fit: 'pad', crop: 0.5 })).rejects.toThrow(/crop goes with fit/)
})
