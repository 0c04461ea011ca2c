import { classMatcher } from './class-names.js'
import type { ClassSummary, ConfusedPair, PredictionSummary } from './embedding-summary.js'

/** Views that list more classes than these sort them by what matters, leave out those without images, and offer a search. */
export const manyClasses = 20

/** What a list of classes begins with. */
export type ClassOrder = 'most wrong' | 'least accurate' | 'most images' | 'name'

/** Classes that have images and fit what somebody searches for, in order. */
export function classRows(
  { classes }: Pick<PredictionSummary, 'classes'>,
  order: ClassOrder,
  query = '',
): readonly ClassSummary[] {
  const fits = classMatcher(
    query,
    classes.map(({ fullName }) => fullName),
  )
  const right = ({ images, wrong }: ClassSummary) => (images - wrong) / images
  const compare: Record<ClassOrder, (a: ClassSummary, b: ClassSummary) => number> = {
    'most wrong': (a, b) => b.wrong - a.wrong || right(a) - right(b) || b.images - a.images,
    'least accurate': (a, b) => right(a) - right(b) || b.images - a.images,
    'most images': (a, b) => b.images - a.images || right(a) - right(b),
    name: (a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base', numeric: true }),
  }
  return classes
    .filter(({ images, classIndex }) => images > 0 && fits(classIndex))
    .sort((a, b) => compare[order](a, b) || a.classIndex - b.classIndex)
}

/** Confused pairs with a class that fits what somebody searches for, most first. */
export function confusionRows(
  { classes, confused }: Pick<PredictionSummary, 'classes' | 'confused'>,
  query = '',
): readonly ConfusedPair[] {
  const fits = classMatcher(
    query,
    classes.map(({ fullName }) => fullName),
  )
  return confused.filter(({ label, predicted }) => fits(label) || fits(predicted))
}
