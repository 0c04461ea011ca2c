import { type ClassifierInfo, type Dataset, VatunError } from '@vatun/core'
import { channelsText } from './channels-text.js'

/**
 * Looks at one image whether it is what the model takes, and at the names of the classes.
 *
 * @throws VatunError `bad-input`
 */
export async function checkFit(model: ClassifierInfo, dataset: Dataset): Promise<void> {
  const first = await dataset.images([0])
  const { height, width, channels } = model.input
  if (first.height !== height || first.width !== width || first.channels !== channels)
    throw new VatunError(
      'bad-input',
      `${dataset.name}: images are ${first.width} × ${first.height} with ${channelsText(first.channels)}, ${model.name} takes ${width} × ${height} with ${channels}; resize the images`,
    )
  checkClasses(model, dataset)
}

/** Both name the classes, so that no label is taken for another class. Of a thousand, the first that differs is told. */
function checkClasses(model: ClassifierInfo, dataset: Dataset): void {
  const [own, given] = [model.classNames, dataset.classNames]
  if (own.length !== given.length)
    throw new VatunError(
      'bad-input',
      `${dataset.name}: has ${given.length} classes, ${model.name} has ${own.length}; give both the same names in the same order`,
    )
  const other = own.findIndex((name, i) => name !== given[i])
  if (other >= 0)
    throw new VatunError(
      'bad-input',
      `${dataset.name}: its class ${other} is "${given[other]}", that of ${model.name} is "${own[other]}"; give both the same names in the same order`,
    )
}
