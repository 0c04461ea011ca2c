import { VatunError } from '@vatun/core'
import { type CorruptionName, testedCorruptions } from './corruption-names.js'

/** Error rates (1 - accuracy, 0 … 1) by corruption, one for each severity, the same severities everywhere. */
export type ErrorTable = Partial<Readonly<Record<CorruptionName, readonly number[]>>>

/** A mean over corruptions, and what it is the mean of. 1 is as bad as the baseline; published tables show 100 times it. */
export interface CorruptionError {
  readonly mean: number
  readonly byCorruption: ReadonlyMap<CorruptionName, number>
}

/**
 * Mean corruption error (Hendrycks & Dietterich 2019, section 4.2): for each corruption `c` the model's errors over the baseline's,
 * `CE_c = Σ_s E_{s,c} / Σ_s E⁰_{s,c}`, averaged over the corruptions. The paper's baseline is AlexNet.
 *
 * @param corruptions By default the 15 that the paper tests with.
 * @throws VatunError `bad-input` for missing or impossible errors, or a baseline without any.
 */
export function meanCorruptionError(
  errors: ErrorTable,
  baseline: ErrorTable,
  corruptions: readonly CorruptionName[] = testedCorruptions,
): CorruptionError {
  return meanOf(corruptions, 'meanCorruptionError', (name) => {
    const own = sumOf(errors, name, 'errors')
    const other = sumOf(baseline, name, 'baseline')
    checkSeverities(errors, baseline, name)
    return own / other
  })
}

/**
 * Relative mean corruption error (ibid.): how much the errors grow from clean images on, against the same of the baseline,
 * `Σ_s (E_{s,c} - E_clean) / Σ_s (E⁰_{s,c} - E⁰_clean)`, averaged over the corruptions.
 *
 * @param clean The model's error on clean images.
 * @param baselineClean The baseline's.
 * @throws VatunError as {@link meanCorruptionError}
 */
export function relativeMeanCorruptionError(
  errors: ErrorTable,
  clean: number,
  baseline: ErrorTable,
  baselineClean: number,
  corruptions: readonly CorruptionName[] = testedCorruptions,
): CorruptionError {
  checkShare(clean, 'the error on clean images')
  checkShare(baselineClean, "the baseline's error on clean images")
  return meanOf(corruptions, 'relativeMeanCorruptionError', (name) => {
    const severities = checkSeverities(errors, baseline, name)
    const growth = sumOf(errors, name, 'errors') - severities * clean
    const baselineGrowth = sumOf(baseline, name, 'baseline') - severities * baselineClean
    return growth / baselineGrowth
  })
}

function meanOf(
  names: readonly CorruptionName[],
  where: string,
  errorOf: (name: CorruptionName) => number,
): CorruptionError {
  if (names.length === 0) throw new VatunError('bad-input', `${where}: no corruptions, expected at least one`)
  const byCorruption = new Map(names.map((name) => [name, errorOf(name)] as const))
  for (const [name, value] of byCorruption)
    if (!Number.isFinite(value))
      throw new VatunError(
        'bad-input',
        `${where}: the baseline has nothing to compare with for ${name}, choose another`,
      )
  const mean = [...byCorruption.values()].reduce((a, b) => a + b, 0) / names.length
  return { mean, byCorruption }
}

function sumOf(table: ErrorTable, name: CorruptionName, which: string): number {
  const errors = table[name] ?? []
  if (errors.length === 0) throw new VatunError('bad-input', `mCE: the ${which} lack ${name}, expected one a severity`)
  for (const error of errors) checkShare(error, `the ${which} of ${name}`)
  return errors.reduce((a, b) => a + b, 0)
}

/** @returns How many there are */
function checkSeverities(errors: ErrorTable, baseline: ErrorTable, name: CorruptionName): number {
  const count = errors[name]?.length ?? 0
  const other = baseline[name]?.length ?? 0
  if (count === other) return count
  throw new VatunError(
    'bad-input',
    `mCE: ${count} severities of ${name} against ${other} of the baseline, expected the same`,
  )
}

function checkShare(value: number, what: string): void {
  if (!(value >= 0 && value <= 1)) throw new VatunError('bad-input', `mCE: ${what} is ${value}, expected 0 to 1`)
}
