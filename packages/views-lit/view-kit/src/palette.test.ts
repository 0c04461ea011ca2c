import { describe, expect, it } from 'vitest'
import {
  classColors,
  contrast,
  focusColors,
  heat,
  layerRamp,
  luminance,
  sequential,
  unfocusedColor,
} from './palette.js'

const light = '#ffffff'
const dark = '#14171a'

describe('contrast', () => {
  it('agrees with the examples of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(luminance('rgb(255, 255, 255)')).toBe(1)
  })
})

describe('classColors', () => {
  it('keeps every colour at 3:1 or more on both themes', () => {
    for (const color of [...classColors(10), unfocusedColor]) {
      expect(contrast(color, light), `${color} on light`).toBeGreaterThanOrEqual(3)
      expect(contrast(color, dark), `${color} on dark`).toBeGreaterThanOrEqual(3)
    }
  })

  it('gives a class the same colour whatever the number of classes up to ten', () => {
    expect(classColors(3)).toEqual(classColors(10).slice(0, 3))
    expect(classColors(0)).toEqual([])
  })

  it('colours only the classes in focus beyond ten, alike whatever else is in focus', () => {
    const ten = classColors(10)
    const colors = classColors(1000, [7, 999])
    expect(colors).toHaveLength(1000)
    expect([colors[7], colors[999]]).toEqual([ten[7], ten[9]])
    expect(colors.filter((c) => c !== unfocusedColor)).toHaveLength(2)
    expect(classColors(1000, [3, 999, 7])[999]).toBe(ten[9])
  })

  it('never gives two classes in focus one colour, nor more than ten a colour', () => {
    const focus = [17, 7, 27, 7, 3000, ...Array.from({ length: 20 }, (_, i) => 100 + i)]
    const used = classColors(1000, focus).filter((c) => c !== unfocusedColor)
    expect(used).toHaveLength(10)
    expect(new Set(used).size).toBe(10)
    expect(classColors(1000, focus)[17]).toBe(classColors(10)[7])
  })
})

describe('focusColors', () => {
  it('gives classes in focus the same colours whatever else a view shows', () => {
    const focused = [13, 23, 33]
    const everywhere = classColors(1000, focused)
    for (const own of [[23], [33, 23, 3], [103, 113, 123, 133, 13], []]) {
      const colors = focusColors(1000, focused, own)
      for (const c of focused) expect(colors[c], `${c} beside ${own}`).toBe(everywhere[c])
    }
  })

  it('takes colours from classes that a view does not show for those that it does, never one twice', () => {
    const own = [500, 501, 502, 503, 1]
    const colors = focusColors(1000, [1, 2, 3, 4, 5, 6, 7, 8, 9], own)
    expect(own.map((c) => colors[c])).not.toContain(unfocusedColor)
    const used = colors.filter((c) => c !== unfocusedColor)
    expect(new Set(used).size).toBe(used.length)
    expect(colors[1]).toBe(classColors(10)[1])
  })

  it('leaves up to ten classes as they are', () => {
    expect(focusColors(10, [3], [4, 5])).toEqual(classColors(10))
  })
})

/** Severity 1 of Machado, Oliveira & Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency". */
const vision = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
}

/** OKLab coordinates (Ottosson 2020) of a colour as seen through a matrix on linear RGB. */
function seen(color: string, matrix: readonly number[]): number[] {
  const linear = [1, 3, 5].map((at) => {
    const v = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  })
  const apply = (m: readonly number[], v: readonly number[]) =>
    [0, 3, 6].map((row) => m[row]! * v[0]! + m[row + 1]! * v[1]! + m[row + 2]! * v[2]!)
  const rgb = apply(matrix, linear).map((v) => Math.min(1, Math.max(0, v)))
  const lms = apply(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
      0.6299787005,
    ],
    rgb,
  ).map(Math.cbrt)
  return apply(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
      -0.808675766,
    ],
    lms,
  )
}

describe.each(Object.entries(vision))('class colours with %s vision', (_, matrix) => {
  it('stay apart from each other', () => {
    const points = classColors(10).map((color) => seen(color, matrix))
    for (const [i, a] of points.entries())
      for (const b of points.slice(0, i))
        expect(Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!)).toBeGreaterThan(0.05)
  })
})

describe('sequential', () => {
  it.each([
    [false, light],
    [true, dark],
  ])('recedes monotonically towards the background (dark: %s)', (isDark, background) => {
    const ratios = Array.from({ length: 21 }, (_, i) => contrast(sequential(i / 20, isDark), background))
    for (let i = 1; i < ratios.length; i++) expect(ratios[i]!).toBeLessThan(ratios[i - 1]!)
    expect(ratios[0]!).toBeGreaterThan(10)
  })

  it('clips, and treats NaN as the quiet end', () => {
    expect(sequential(-1)).toBe(sequential(0))
    expect(sequential(2)).toBe(sequential(1))
    expect(sequential(Number.NaN)).toBe(sequential(1))
  })
})

describe('layerRamp', () => {
  it('gives distinct colours of 3:1 or more on both themes', () => {
    for (const n of [1, 2, 13, 50]) {
      const colors = Array.from({ length: n }, (_, i) => layerRamp(i, n))
      expect(new Set(colors).size).toBe(n)
      for (const color of colors) {
        expect(contrast(color, light), `${color} on light`).toBeGreaterThanOrEqual(3)
        expect(contrast(color, dark), `${color} on dark`).toBeGreaterThanOrEqual(3)
      }
    }
  })
})

describe('heat', () => {
  it('rises in luminance', () => {
    const values = Array.from({ length: 11 }, (_, i) => luminance(`rgb(${heat(i / 10).join(',')})`))
    for (let i = 1; i < values.length; i++) expect(values[i]!).toBeGreaterThan(values[i - 1]!)
  })
})
