import { measureInfo } from '@vatun/core'
import { describe, expect, test } from 'vitest'
import { intervalText, measuredText, rateInterval } from './measured-text.js'

describe('measured values', () => {
  test('are per cent for rates and decimals for means', () => {
    expect(measuredText(measureInfo('accuracy'), 0.4)).toBe('40\u00a0%')
    expect(measuredText(measureInfo('margin'), -0.123)).toBe('−.12')
    expect(measuredText(measureInfo('softmax'), Number.NaN)).toBe('–')
  })
  test('have an interval, cut to what is possible, where it is known', () => {
    expect(intervalText(measureInfo('flips'), 0.216, 0.612)).toBe('22–61\u00a0%')
    expect(intervalText(measureInfo('softmax'), 0.8, 1.1)).toBe('.80–1.0')
    expect(intervalText(measureInfo('margin'), -1.2, 0.1)).toBe('−1.0 to .10')
    expect(intervalText(measureInfo('softmax'), Number.NaN, Number.NaN)).toBe('–')
    expect(rateInterval(0, Number.NaN)).toBe('–')
  })
})
