import type { Classifier } from '@vatun/core'
import { type CheckOptions, checkRobustness, type RobustnessReport, type TestImages } from './check-robustness.js'
import type { Requirement } from './requirement.js'

/**
 * A failed robustness assertion. Test runners know it by its name and code, as they do Node's own `AssertionError`; this one also works where
 * there is no Node.
 */
export class RobustnessAssertionError extends Error {
  override readonly name = 'AssertionError'
  readonly code = 'ERR_ASSERTION'
  readonly report: RobustnessReport

  constructor(report: RobustnessReport) {
    super(report.message)
    this.report = report
  }
}

/**
 * Fails a test when a model loses too much accuracy under a change. Works in any test runner that treats a rejected promise as a failure:
 * vitest, jest, node:test and others.
 *
 * ```ts
 * test('turned images are still recognised', async () => {
 *   await expectRobust(classifier, { images, labels }, { axis: 'rotation', degrees: [-15, 0, 15], maxDrop: 0.1 })
 *   await expectRobust(classifier, dataset, { axis: 'blur', degrees: [1], minAccuracy: 0.9 })
 * })
 * ```
 *
 * @returns The report of the check that passed.
 * @throws RobustnessAssertionError with the report in words; VatunError as {@link checkRobustness}.
 */
export async function expectRobust(
  classifier: Classifier,
  data: TestImages,
  requirement: Requirement,
  options?: CheckOptions,
): Promise<RobustnessReport> {
  const report = await checkRobustness(classifier, data, requirement, options)
  if (!report.passed) throw new RobustnessAssertionError(report)
  return report
}
