/**
 * The corruptions of ImageNet-C and CIFAR-10-C (Hendrycks & Dietterich 2019, "Benchmarking neural network robustness to common corruptions
 * and perturbations"), in the paper's order: 15 for testing, then the 4 extra ones for validation.
 */
export const corruptionNames = [
  'gaussian_noise',
  'shot_noise',
  'impulse_noise',
  'defocus_blur',
  'glass_blur',
  'motion_blur',
  'zoom_blur',
  'snow',
  'frost',
  'fog',
  'brightness',
  'contrast',
  'elastic_transform',
  'pixelate',
  'jpeg_compression',
  'speckle_noise',
  'gaussian_blur',
  'spatter',
  'saturate',
] as const

/** One of {@link corruptionNames}. */
export type CorruptionName = (typeof corruptionNames)[number]

/** The 15 corruptions that the mean corruption error is taken over. */
export const testedCorruptions: readonly CorruptionName[] = corruptionNames.slice(0, 15)

/** The name of its step in pipelines: `corruption-gaussian-noise`. */
export function corruptionStepName(name: CorruptionName): string {
  return `corruption-${name.replaceAll('_', '-')}`
}

/** For people: `Gaussian noise (corruption)`. */
export function corruptionLabel(name: CorruptionName): string {
  const words = name.replaceAll('_', ' ').replace('jpeg', 'JPEG')
  return `${words[0]!.toUpperCase()}${words.slice(1)} (corruption)`
}
