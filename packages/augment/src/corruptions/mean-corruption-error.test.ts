import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testedCorruptions } from './corruption-names.js'
import { type ErrorTable, meanCorruptionError, relativeMeanCorruptionError } from './mean-corruption-error.js'

const tableOf = (errors: (corruption: number, severity: number) => number): ErrorTable =>
  Object.fromEntries(testedCorruptions.map((name, c) => [name, [0, 1, 2, 3, 4].map((s) => errors(c, s))]))

describe('mean corruption error', () => {
  it('is worked out as in the paper', () => {
    const errors = { fog: [0.1, 0.3], snow: [0.2, 0.4] }
    const baseline = { fog: [0.4, 0.4], snow: [0.3, 0.3] }
    const { mean, byCorruption } = meanCorruptionError(errors, baseline, ['fog', 'snow'])
    expect(byCorruption.get('fog')).toBeCloseTo(0.4 / 0.8, 12)
    expect(byCorruption.get('snow')).toBeCloseTo(0.6 / 0.6, 12)
    expect(mean).toBeCloseTo(0.75, 12)
    const relative = relativeMeanCorruptionError(errors, 0.05, baseline, 0.1, ['fog', 'snow'])
    expect(relative.byCorruption.get('fog')).toBeCloseTo(0.3 / 0.6, 12)
    expect(relative.byCorruption.get('snow')).toBeCloseTo(0.5 / 0.4, 12)
    expect(relative.mean).toBeCloseTo((0.5 + 1.25) / 2, 12)
  })

  it('is 1 for the baseline itself, and scales with the errors', () => {
    const share = fc.double({ min: 0.3, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(share, share, (a, b) => {
        const baseline = tableOf((c, s) => (a * (c + s + 1)) / 20)
        expect(meanCorruptionError(baseline, baseline).mean).toBeCloseTo(1, 10)
        const half = tableOf((c, s) => (b * a * (c + s + 1)) / 20)
        expect(meanCorruptionError(half, baseline).mean).toBeCloseTo(b, 10)
        expect(relativeMeanCorruptionError(baseline, 0, baseline, 0).mean).toBeCloseTo(1, 10)
      }),
    )
  })

  it('explains tables that do not fit', () => {
    const full = tableOf(() => 0.5)
    const { fog: _, ...lacking } = full
    expect(() => meanCorruptionError(lacking, full)).toThrow('the errors lack fog')
    expect(() => meanCorruptionError(full, lacking)).toThrow('the baseline lack fog')
    expect(() => meanCorruptionError({ ...full, fog: [0.1] }, full)).toThrow('1 severities of fog against 5')
    expect(() => meanCorruptionError({ ...full, fog: [0, 0, 0, 0, 2] }, full)).toThrow('is 2, expected 0 to 1')
    expect(() =>
      meanCorruptionError(
        full,
        tableOf(() => 0),
      ),
    ).toThrow('nothing to compare with for gaussian_noise')
    expect(() => relativeMeanCorruptionError(full, 0.1, full, 0.5)).toThrow('nothing to compare with')
    expect(() => relativeMeanCorruptionError(full, 7, full, 0.5)).toThrow('error on clean images is 7')
    expect(() => meanCorruptionError(full, full, [])).toThrow('no corruptions')
  })
})
