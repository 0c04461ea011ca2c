import { type Analysis, type Axis, type Classifier, type SimulationResult, toTensor, VatunError } from '@vatun/core'
import { batchSize, predictDegrees } from './predict-degrees.js'
import { findAugmentation, readValues } from './registry.js'
import { addRows, emptySums, mergeSums, type SimulationPartial, summarise } from './simulation-sums.js'

/**
 * How the mean prediction of each true class moves over the degrees of one change: the paper's statistical result on data set level.
 *
 * Means, accuracies and the half width `1.96 · s / √n` of the normal 95 % interval of each mean, with the sample standard deviation `s`.
 * Attacks start from the true label; their gradient is computed once an image and serves all degrees.
 *
 * @throws VatunError `not-found` or `bad-input` for an axis that no augmentation can apply.
 */
export function simulation(axis: Axis): Analysis<SimulationPartial, SimulationResult> {
  checkAxis(axis)
  return {
    spec: { name: 'simulation', params: { axis } },
    async partial({ classifier, dataset, signal }, indices) {
      const labels = indices.map((index) => checkLabel(dataset.label(index), index, classifier))
      const partial = emptySums(labels, classifier.info.classNames.length, axis.degrees.length)
      for (let first = 0; first < indices.length; first += batchSize) {
        signal.throwIfAborted()
        const rows = labels.slice(first, first + batchSize)
        const images = toTensor(await dataset.images(indices.slice(first, first + batchSize)))
        try {
          await predictDegrees({ classifier, images, axis, labels: rows, signal }, (degree, probabilities) =>
            addRows(partial, rows, degree, probabilities),
          )
        } finally {
          images.dispose()
        }
      }
      return partial
    },
    merge: mergeSums,
    finish: (partial) => summarise(partial, axis),
  }
}

function checkAxis(axis: Axis): void {
  const augmentation = findAugmentation(axis.name)
  if (axis.degrees.length === 0)
    throw new VatunError('bad-input', `simulation: axis "${axis.name}" has no degrees, expected at least one`)
  for (const degree of axis.degrees) readValues(augmentation, { name: axis.name, [axis.parameter]: degree })
}

function checkLabel(label: number, index: number, classifier: Classifier): number {
  const classes = classifier.info.classNames.length
  if (Number.isInteger(label) && label >= 0 && label < classes) return label
  throw new VatunError('bad-input', `simulation: image ${index} has label ${label}, expected 0 to ${classes - 1}`)
}
