import { builtIn, checkAugmentation, type Registry } from '@vatun/augment'
import { type Analysis, toTensor } from '@vatun/core'

/** What the configuration adds to the built-in augmentations, but for attacks: they take long, and are looked at when they are simulated. */
function addedTo(registry: Registry) {
  const known = new Set(builtIn.augmentations.map(({ name }) => name))
  return registry.augmentations.filter(({ name, needsClassifier }) => !known.has(name) && !needsClassifier)
}

/** Whether {@link checkAugmentations} has anything to do. */
export function hasAdded(registry: Registry): boolean {
  return addedTo(registry).length > 0
}

/**
 * Tries the user's own augmentations, variants and pipelines on a few images, so that a mistake is told before anything is computed. An analysis,
 * because the workers have the engine.
 */
export function checkAugmentations(registry: Registry): Analysis<true, true> {
  return {
    spec: { name: 'check-augmentations', params: {} },
    async partial({ dataset, signal }, indices) {
      const images = toTensor(await dataset.images(indices))
      try {
        for (const augmentation of addedTo(registry)) {
          signal.throwIfAborted()
          await checkAugmentation(augmentation, images)
        }
      } finally {
        images.dispose()
      }
      return true
    },
    merge: () => true,
    finish: () => true,
  }
}
