import { type BundleSubject, canonicalJson, type Manifest, modelReading } from '@vatun/core/bundle'

/**
 * Why nothing that an earlier run has left can be used: what all results depend on and what is different now, as `the model has changed`. Undefined when
 * there was no earlier run, or nothing of the kind.
 */
export function whyAllAgain(before: Manifest | undefined, now: BundleSubject): string | undefined {
  if (!before || Object.keys(before.results).length === 0) return undefined
  const differs = (part: (subject: BundleSubject) => unknown) =>
    canonicalJson(part(before) ?? null) !== canonicalJson(part(now) ?? null)
  const reasons: string[] = []
  if (before.model.hash !== now.model.hash) reasons.push('the model has changed')
  else if (differs(({ classifier }) => classifier)) reasons.push('what is known of the model has changed')
  if (differs(({ specs }) => specs.model.preprocessing)) reasons.push('the preprocessing has changed')
  else if (differs(({ specs }) => modelReading(specs.model))) reasons.push('the output that is read has changed')
  if (before.dataset.hash !== now.dataset.hash) reasons.push('the data set has changed')
  else if (differs(({ images }) => images)) reasons.push('other images of it are chosen')
  if (before.engine && before.engine !== now.engine)
    reasons.push(`the engine was ${before.engine} and is ${now.engine}`)
  return reasons.length > 0 ? reasons.join(', ') : undefined
}
