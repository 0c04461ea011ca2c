import type { CorruptionName } from './corruption-names.js'

/** Constants of one corruption: one entry for each severity, 1 first. */
type Severities<C> = readonly [C, C, C, C, C]
type Pair = readonly [number, number]
type Triple = readonly [number, number, number]

/** Constants by corruption, in the order and the units of the original scripts. */
export interface CorruptionConstants extends Record<CorruptionName, Severities<unknown>> {
  /** Standard deviation. */
  readonly gaussian_noise: Severities<number>
  /** Photons that a white pixel stands for. */
  readonly shot_noise: Severities<number>
  /** Share of values. */
  readonly impulse_noise: Severities<number>
  /** Radius of the disk; standard deviation that its edge is smoothed with. */
  readonly defocus_blur: Severities<Pair>
  /** Standard deviation of the blur, reach of a swap, rounds. */
  readonly glass_blur: Severities<Triple>
  /** Radius, standard deviation. */
  readonly motion_blur: Severities<Pair>
  /** Factors of enlargement. */
  readonly zoom_blur: Severities<readonly number[]>
  /** Mean and standard deviation of flakes, their zoom and threshold, radius and standard deviation of their fall, share of the image. */
  readonly snow: Severities<readonly [number, number, number, number, number, number, number]>
  /** Share of the image, share of the frost. */
  readonly frost: Severities<Pair>
  /** Strength, decay of roughness. */
  readonly fog: Severities<Pair>
  /** Added to the value of HSV. */
  readonly brightness: Severities<number>
  readonly contrast: Severities<number>
  /** Strength and smoothness of the displacement, reach of the affine part. In pixels. */
  readonly elastic_transform: Severities<Triple>
  /** Share of the width and height. */
  readonly pixelate: Severities<number>
  /** Quality. */
  readonly jpeg_compression: Severities<number>
  readonly speckle_noise: Severities<number>
  readonly gaussian_blur: Severities<number>
  /** Mean, standard deviation, smoothness and threshold of the liquid, strength or smoothness of its film, 0 for water and 1 for mud. */
  readonly spatter: Severities<readonly [number, number, number, number, number, 0 | 1]>
  /** Factor and summand of the saturation of HSV. */
  readonly saturate: Severities<Pair>
}

/** CIFAR-10-C (`make_cifar_c.py` of hendrycks/robustness), for images of 32 × 32 pixels. */
export const cifarConstants: CorruptionConstants = {
  gaussian_noise: [0.04, 0.06, 0.08, 0.09, 0.1],
  shot_noise: [500, 250, 100, 75, 50],
  impulse_noise: [0.01, 0.02, 0.03, 0.05, 0.07],
  defocus_blur: [
    [0.3, 0.4],
    [0.4, 0.5],
    [0.5, 0.6],
    [1, 0.2],
    [1.5, 0.1],
  ],
  glass_blur: [
    [0.05, 1, 1],
    [0.25, 1, 1],
    [0.4, 1, 1],
    [0.25, 1, 2],
    [0.4, 1, 2],
  ],
  motion_blur: [
    [6, 1],
    [6, 1.5],
    [6, 2],
    [8, 2],
    [9, 2.5],
  ],
  zoom_blur: [zooms(1.06, 0.01), zooms(1.11, 0.01), zooms(1.15, 0.01), zooms(1.2, 0.01), zooms(1.25, 0.01)],
  snow: [
    [0.1, 0.2, 1, 0.6, 8, 3, 0.95],
    [0.1, 0.2, 1, 0.5, 10, 4, 0.9],
    [0.15, 0.3, 1.75, 0.55, 10, 4, 0.9],
    [0.25, 0.3, 2.25, 0.6, 12, 6, 0.85],
    [0.3, 0.3, 1.25, 0.65, 14, 12, 0.8],
  ],
  frost: [
    [1, 0.2],
    [1, 0.3],
    [0.9, 0.4],
    [0.85, 0.4],
    [0.75, 0.45],
  ],
  fog: [
    [0.2, 3],
    [0.5, 3],
    [0.75, 2.5],
    [1, 2],
    [1.5, 1.75],
  ],
  brightness: [0.05, 0.1, 0.15, 0.2, 0.3],
  contrast: [0.75, 0.5, 0.4, 0.3, 0.15],
  elastic_transform: [
    [0, 0, 2.56],
    [1.6, 6.4, 2.24],
    [2.56, 1.92, 1.92],
    [3.2, 1.28, 1.6],
    [3.2, 0.96, 0.96],
  ],
  pixelate: [0.95, 0.9, 0.85, 0.75, 0.65],
  jpeg_compression: [80, 65, 58, 50, 40],
  speckle_noise: [0.06, 0.1, 0.12, 0.16, 0.2],
  gaussian_blur: [0.4, 0.6, 0.7, 0.8, 1],
  spatter: [
    [0.62, 0.1, 0.7, 0.7, 0.5, 0],
    [0.65, 0.1, 0.8, 0.7, 0.5, 0],
    [0.65, 0.3, 1, 0.69, 0.5, 0],
    [0.65, 0.1, 0.7, 0.69, 0.6, 1],
    [0.65, 0.1, 0.5, 0.68, 0.6, 1],
  ],
  saturate: [
    [0.3, 0],
    [0.1, 0],
    [1.5, 0],
    [2, 0.1],
    [2.5, 0.2],
  ],
}

/** ImageNet-C (`make_imagenet_c.py` of hendrycks/robustness), for images of 224 × 224 pixels. */
export const imageNetConstants: CorruptionConstants = {
  gaussian_noise: [0.08, 0.12, 0.18, 0.26, 0.38],
  shot_noise: [60, 25, 12, 5, 3],
  impulse_noise: [0.03, 0.06, 0.09, 0.17, 0.27],
  defocus_blur: [
    [3, 0.1],
    [4, 0.5],
    [6, 0.5],
    [8, 0.5],
    [10, 0.5],
  ],
  glass_blur: [
    [0.7, 1, 2],
    [0.9, 2, 1],
    [1, 2, 3],
    [1.1, 3, 2],
    [1.5, 4, 2],
  ],
  motion_blur: [
    [10, 3],
    [15, 5],
    [15, 8],
    [15, 12],
    [20, 15],
  ],
  zoom_blur: [zooms(1.11, 0.01), zooms(1.15, 0.01), zooms(1.2, 0.02), zooms(1.24, 0.02), zooms(1.3, 0.03)],
  snow: [
    [0.1, 0.3, 3, 0.5, 10, 4, 0.8],
    [0.2, 0.3, 2, 0.5, 12, 4, 0.7],
    [0.55, 0.3, 4, 0.9, 12, 8, 0.7],
    [0.55, 0.3, 4.5, 0.85, 12, 8, 0.65],
    [0.55, 0.3, 2.5, 0.85, 12, 12, 0.55],
  ],
  frost: [
    [1, 0.4],
    [0.8, 0.6],
    [0.7, 0.7],
    [0.65, 0.7],
    [0.6, 0.75],
  ],
  fog: [
    [1.5, 2],
    [2, 2],
    [2.5, 1.7],
    [2.5, 1.5],
    [3, 1.4],
  ],
  brightness: [0.1, 0.2, 0.3, 0.4, 0.5],
  contrast: [0.4, 0.3, 0.2, 0.1, 0.05],
  elastic_transform: [
    [488, 170.8, 24.4],
    [488, 19.52, 48.8],
    [12.2, 2.44, 4.88],
    [17.08, 2.44, 4.88],
    [29.28, 2.44, 4.88],
  ],
  pixelate: [0.6, 0.5, 0.4, 0.3, 0.25],
  jpeg_compression: [25, 18, 15, 10, 7],
  speckle_noise: [0.15, 0.2, 0.35, 0.45, 0.6],
  gaussian_blur: [1, 2, 3, 4, 6],
  spatter: [
    [0.65, 0.3, 4, 0.69, 0.6, 0],
    [0.65, 0.3, 3, 0.68, 0.6, 0],
    [0.65, 0.3, 2, 0.68, 0.5, 0],
    [0.65, 0.3, 1, 0.65, 1.5, 1],
    [0.67, 0.4, 1, 0.65, 1.5, 1],
  ],
  saturate: [
    [0.3, 0],
    [0.1, 0],
    [2, 0],
    [5, 0.1],
    [20, 0.2],
  ],
}

/** `1, 1 + step, …, last`. */
function zooms(last: number, step: number): readonly number[] {
  return Array.from({ length: Math.round((last - 1) / step) + 1 }, (_, i) => 1 + i * step)
}
