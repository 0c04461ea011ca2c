import { builtIn, checkAugmentation, type Registry } from '@vatun/augment'
import { type Analysis, toTensor } from '@vatun/core'

/** What the configuration adds to the built-in augmentations, but for attacks, which take long, and are looked at when they are simulated, and what takes other images. */
function addedTo(registry: Registry, channels: number) {
  const known = new Set(builtIn.augmentations.map(({ name }) => name))
  return registry.augmentations.filter(
    (added) => !known.has(added.name) && !added.needsClassifier && (added.channels?.includes(channels) ?? true),
  )
}

/** Whether {@link checkAugmentations} has anything to do. */
export function hasAdded(registry: Registry, channels: number): boolean {
  return addedTo(registry, channels).length > 0
}

/**
 * Tries the user's own augmentations, variants and pipelines on a few images, so that a mistake is told before anything is computed. An analysis,
 * because the workers have the engine.
 */
export function checkAugmentations(registry: Registry, channels: number): Analysis<true, true> {
  return {
    spec: { name: 'check-augmentations', params: { channels } },
    async partial({ dataset, signal }, indices) {
      const images = toTensor(await dataset.images(indices))
      try {
        for (const augmentation of addedTo(registry, channels)) {
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
