import { type Analysis, type Axis, argmax, type SimulationGridResult } from '@vatun/core'
import { stepOf } from './axes.js'
import { changeStepwise, disposeImages } from './change-images.js'
import type { Registry } from './create-registry.js'
import { predictDegrees } from './predict-degrees.js'
import { builtIn } from './registry.js'
import { addPrediction, addSums, curvesByClass, mergeByLabel, noSums, type RobustnessSums } from './robustness-sums.js'
import { checkAxis, labelledBatches, revisionsOf } from './simulation.js'

/** Sums over the images of one true class, one entry for each pair of degrees. */
export interface GridClassSums extends RobustnessSums {
  readonly label: number
}

/** Sums over the images of a shard, for the true classes in it, labels ascending. */
export interface SimulationGridPartial {
  readonly classes: number
  readonly sums: readonly GridClassSums[]
}

/**
 * What two changes do together, at every pair of their degrees: the first is applied, then the second to its result. Flips are counted from
 * the images as they are.
 *
 * @throws VatunError as `simulation`.
 */
export function simulationGrid(
  first: Axis,
  second: Axis,
  options: { readonly registry?: Registry } = {},
): Analysis<SimulationGridPartial, SimulationGridResult> {
  const { registry = builtIn } = options
  const augmentation = checkAxis(first, registry)
  const revisions = revisionsOf([augmentation, checkAxis(second, registry)])
  const cells = first.degrees.length * second.degrees.length
  return {
    spec: { name: 'simulation-grid', params: { axes: [first, second], ...revisions } },
    async partial({ classifier, dataset, signal }, indices) {
      const classes = classifier.info.classNames.length
      const sums = new Map<number, GridClassSums>()
      for await (const { images, ids, labels } of labelledBatches({ classifier, dataset, signal }, indices)) {
        const { probabilities: unchanged } = await classifier.predict(images)
        const before = labels.map((_, row) => argmax(unchanged, row * classes, classes))
        for (const label of labels) {
          const own = sums.get(label) ?? { ...noSums(0, cells), label }
          sums.set(label, { ...own, images: own.images + 1 })
        }
        const context = { classifier, labels, ids, registry }
        for (const [i, degree] of first.degrees.entries()) {
          signal.throwIfAborted()
          const changed = await changeStepwise(images, augmentation, stepOf(first, degree), context, signal)
          try {
            await predictDegrees({ ...context, images: changed, axis: second, signal }, (j, probabilities) => {
              const cell = i * second.degrees.length + j
              for (const [row, label] of labels.entries())
                addPrediction(sums.get(label)!, cell, label, before[row]!, probabilities, row * classes, classes)
            })
          } finally {
            disposeImages(changed)
          }
        }
      }
      return { classes, sums: [...sums.values()].sort((a, b) => a.label - b.label) }
    },
    merge: (a, b) => ({
      classes: a.classes,
      sums: mergeByLabel(a.sums, b.sums, (x, y) => ({ ...addSums(x, y), label: x.label })),
    }),
    finish({ classes, sums }) {
      const counts = new Uint32Array(classes)
      for (const { label, images } of sums) counts[label] = images
      return { axes: [first, second], classes, counts, ...curvesByClass(sums, classes, cells) }
    },
  }
}
