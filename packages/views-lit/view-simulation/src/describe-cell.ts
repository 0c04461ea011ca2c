import { formatDegrees, type SimulationColumn, type SimulationViewState } from '@vatun/core'
import { formatPercent } from '@vatun/view-kit'

/** What a small multiple shows, in words. @param trueClass Null stands for all classes. */
export function describeCell(
  view: SimulationViewState,
  { axis, effect }: SimulationColumn,
  trueClass: number | null,
): string {
  const name = trueClass === null ? 'all classes' : view.classNames[trueClass]!
  const start = `${name}, ${axis.label}`
  if (!effect || effect.images === 0) return `${start}: nothing yet`
  if (trueClass === null) {
    const lowest = Math.min(...effect.accuracy.mean)
    return `${start}: accuracy ${formatPercent(effect.accuracy.mean[effect.identity]!, 0)} unchanged, ${formatPercent(lowest, 0)} at worst`
  }
  const { images, unchanged, breaksBelow, breaksAbove } = effect.classes[trueClass]!
  if (images === 0) return `${start}: no image yet`
  const where = formatDegrees(axis, breaksBelow, breaksAbove)
  return `${start}: softmax ${formatPercent(unchanged, 0)} unchanged, ${where === '' ? 'never below 50 %' : `below 50 % from ${where}`}`
}
