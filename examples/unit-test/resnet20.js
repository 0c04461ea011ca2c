import { fileURLToPath } from 'node:url'
import { prepareBackend } from '@vatun/backend-node'
import { openLayersModel } from '@vatun/core/layers'
import { openDataset } from 'cifar10-example'

/** The model under test. The caller disposes it. */
export async function openModel() {
  await prepareBackend()
  const { classNames } = await openDataset()
  const preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }
  const path = fileURLToPath(new URL('../models/resnet20-cifar10/tfjs/model.json', import.meta.url))
  return openLayersModel(path, { name: 'resnet20', classNames, preprocessing })
}

/**
 * The first test images with their labels.
 *
 * @param {number} count
 */
export async function openImages(count) {
  const dataset = await openDataset()
  const indices = Array.from({ length: count }, (_, i) => i)
  return { images: await dataset.images(indices), labels: indices.map(dataset.label) }
}
