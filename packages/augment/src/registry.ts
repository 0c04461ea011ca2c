import { attacks } from './attacks/attacks.js'
import type { Augmentation } from './augmentation.js'
import { blurAugmentation } from './augmentations/blur.js'
import { boxBlurAugmentation } from './augmentations/box-blur.js'
import { brightnessAugmentation, brightnessFactorAugmentation } from './augmentations/brightness.js'
import { contrastAugmentation } from './augmentations/contrast.js'
import { flipHorizontalAugmentation, flipVerticalAugmentation } from './augmentations/flip.js'
import { gammaAugmentation } from './augmentations/gamma.js'
import { gaussianNoiseAugmentation } from './augmentations/gaussian-noise.js'
import { grayscaleAugmentation } from './augmentations/grayscale.js'
import { hueAugmentation } from './augmentations/hue.js'
import { impulseNoiseAugmentation } from './augmentations/impulse-noise.js'
import { invertAugmentation } from './augmentations/invert.js'
import { jpegAugmentation } from './augmentations/jpeg.js'
import { motionBlurAugmentation } from './augmentations/motion-blur.js'
import { occlusionGridAugmentation } from './augmentations/occlusion-grid.js'
import { perspectiveAugmentation } from './augmentations/perspective.js'
import { pixelateAugmentation } from './augmentations/pixelate.js'
import { posterizeAugmentation } from './augmentations/posterize.js'
import { removeRegionAugmentation } from './augmentations/remove-region.js'
import { rotationAugmentation } from './augmentations/rotation.js'
import { saturationAugmentation } from './augmentations/saturation.js'
import { scaleAugmentation } from './augmentations/scale.js'
import { sharpenAugmentation } from './augmentations/sharpen.js'
import { shearAugmentation } from './augmentations/shear.js'
import { shotNoiseAugmentation } from './augmentations/shot-noise.js'
import { solarizeAugmentation } from './augmentations/solarize.js'
import { translationAugmentation } from './augmentations/translation.js'
import { corruptions } from './corruptions/corruptions.js'
import { createRegistry, type Registry } from './create-registry.js'
import { trust } from './guard.js'

/** Every change that a pipeline can name. */
export const augmentations: readonly Augmentation[] = trust([
  hueAugmentation,
  brightnessAugmentation,
  brightnessFactorAugmentation,
  contrastAugmentation,
  saturationAugmentation,
  gammaAugmentation,
  grayscaleAugmentation,
  invertAugmentation,
  posterizeAugmentation,
  solarizeAugmentation,
  sharpenAugmentation,
  rotationAugmentation,
  translationAugmentation,
  scaleAugmentation,
  shearAugmentation,
  perspectiveAugmentation,
  flipHorizontalAugmentation,
  flipVerticalAugmentation,
  blurAugmentation,
  boxBlurAugmentation,
  motionBlurAugmentation,
  pixelateAugmentation,
  jpegAugmentation,
  gaussianNoiseAugmentation,
  shotNoiseAugmentation,
  impulseNoiseAugmentation,
  removeRegionAugmentation,
  occlusionGridAugmentation,
  ...attacks,
  ...corruptions,
])

/** The names that pipelines know unless told otherwise. */
export const builtIn: Registry = createRegistry(augmentations)

/** The augmentation of that name. @throws VatunError `not-found`, listing the names there are. */
export function findAugmentation(name: string, registry: Registry = builtIn): Augmentation {
  return registry.find(name)
}

export { readValues } from './read-values.js'
