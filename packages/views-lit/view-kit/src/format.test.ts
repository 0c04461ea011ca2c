import { describe, expect, it } from 'vitest'
import { formatCount, formatMagnitude, formatPercent, formatProbability, formatTimeLeft } from './format.js'

describe('formats', () => {
  it('writes numbers as people read them', () => {
    expect(formatCount(10000)).toBe('10,000')
    expect(formatPercent(0.931)).toBe('93.1 %')
    expect(formatPercent(Number.NaN)).toBe('–')
    expect([0, 0.914, 0.9949, 0.996, 1].map((p) => formatProbability(p))).toEqual(['.00', '.91', '.99', '1.0', '1.0'])
    expect([-0.25, -1, -0.0004].map((p) => formatProbability(p))).toEqual(['−.25', '−1.0', '.00'])
  })

  it('writes small numbers with digits that tell something', () => {
    expect([0.1, 0.0996, 0.0234, 0.00996, 0.0049, 0.00123, 0.00099, 1e-7].map((p) => formatProbability(p))).toEqual([
      '.10',
      '.10',
      '.023',
      '.010',
      '.0049',
      '.0012',
      '<.001',
      '<.001',
    ])
    expect(formatProbability(-0.0123)).toBe('−.012')
    const short = [0.0996, 0.018, 0.0099, 0.0043].map((p) => formatProbability(p, 1))
    expect(short).toEqual(['.10', '.02', '.01', '.004'])
    expect([0, 0.0004, 0.004, 0.9996, 1].map((share) => formatPercent(share))).toEqual([
      '0.0 %',
      '<0.1 %',
      '0.4 %',
      '>99.9 %',
      '100.0 %',
    ])
    expect([0, 0.004, 0.996, 1].map((share) => formatPercent(share, 0))).toEqual(['0 %', '<1 %', '>99 %', '100 %'])
  })

  it('writes magnitudes with sign and unit', () => {
    const rotation = { unit: '°', min: -180, step: 1 }
    expect([45, -45, 0].map((v) => formatMagnitude(rotation, v))).toEqual(['+45°', '−45°', '0°'])
    const blur = { unit: 'px', min: 0, step: 0.25 }
    expect(formatMagnitude(blur, 1.5)).toBe('1.50 px')
    const brightness = { unit: '', min: -1, step: 0.05 }
    expect([0.2, -0.001].map((v) => formatMagnitude(brightness, v))).toEqual(['+0.20', '0.00'])
    const fgsm = { unit: '', min: 0, step: 1 / 255, in255ths: true }
    expect([0, 4 / 255].map((v) => formatMagnitude(fgsm, v))).toEqual(['0', '4/255'])
  })

  it('writes the time left', () => {
    expect([80, 7500, 0, null, Number.NaN].map(formatTimeLeft)).toEqual([
      '1:20 left',
      '2:05:00 left',
      '0:00 left',
      '',
      '',
    ])
  })
})
