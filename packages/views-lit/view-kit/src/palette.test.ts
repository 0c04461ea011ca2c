import { describe, expect, it } from 'vitest'
import { classColors, contrast, heat, layerRamp, luminance, sequential, unfocusedColor } from './palette.js'

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

  it('colours only the classes in focus beyond ten', () => {
    const colors = classColors(1000, [7, 999])
    expect(colors).toHaveLength(1000)
    expect(colors[7]).toBe(classColors(10)[0])
    expect(colors[999]).toBe(classColors(10)[1])
    expect(colors.filter((c) => c !== unfocusedColor)).toHaveLength(2)
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
