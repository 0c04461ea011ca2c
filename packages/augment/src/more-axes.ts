import type { Axis } from '@vatun/core'

/** Range, slider step, identity, and the grid of sweeps. */
type Scale = Pick<Axis, 'min' | 'max' | 'step' | 'identity' | 'degrees'>

const scale = (degrees: readonly number[], identity: number, step: number): Scale => ({
  min: degrees[0]!,
  max: degrees.at(-1)!,
  step,
  identity,
  degrees,
})

const factors = scale([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4], 1, 0.05)
const pixels = scale([-12, -8, -6, -4, -2, -1, 0, 1, 2, 4, 6, 8, 12], 0, 1)
const shares = scale([0, 0.2, 0.4, 0.6, 0.8, 1], 0, 0.01)

/** Further augmentations with one magnitude; other parameters at their defaults. */
export const moreAxes: readonly Axis[] = [
  { name: 'brightnessFactor', label: 'Brightness factor', parameter: 'factor', unit: '×', ...factors },
  { name: 'contrast', label: 'Contrast', parameter: 'factor', unit: '×', ...factors },
  { name: 'saturation', label: 'Saturation', parameter: 'factor', unit: '×', ...factors },
  {
    name: 'gamma',
    label: 'Gamma',
    parameter: 'exponent',
    unit: '',
    ...scale([0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.6, 2.5, 4], 1, 0.05),
  },
  { name: 'grayscale', label: 'Grayscale', parameter: 'amount', unit: '', ...shares },
  { name: 'invert', label: 'Invert', parameter: 'amount', unit: '', ...shares },
  { name: 'posterize', label: 'Posterize', parameter: 'bits', unit: 'bits', ...scale([1, 2, 3, 4, 5, 6, 7, 8], 8, 1) },
  {
    name: 'solarize',
    label: 'Solarize',
    parameter: 'threshold',
    unit: '',
    ...scale(
      [0, 32, 64, 96, 128, 160, 192, 224, 256].map((level) => level / 255),
      256 / 255,
      1 / 255,
    ),
    in255ths: true,
  },
  { name: 'sharpen', label: 'Sharpness', parameter: 'factor', unit: '×', ...scale([0, 0.5, 1, 2, 3, 4, 6, 8], 1, 0.1) },
  { name: 'translation', label: 'Translation', parameter: 'x', unit: 'px', ...pixels },
  {
    name: 'scale',
    label: 'Scale',
    parameter: 'factor',
    unit: '×',
    ...scale([0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2], 1, 0.01),
  },
  {
    name: 'shear',
    label: 'Shear',
    parameter: 'degrees',
    unit: '°',
    ...scale([-45, -30, -20, -10, 0, 10, 20, 30, 45], 0, 1),
  },
  {
    name: 'perspective',
    label: 'Perspective',
    parameter: 'horizontal',
    unit: '',
    ...scale([-0.6, -0.45, -0.3, -0.15, 0, 0.15, 0.3, 0.45, 0.6], 0, 0.01),
  },
  { name: 'boxBlur', label: 'Box blur', parameter: 'radius', unit: 'px', ...scale([0, 0.5, 1, 1.5, 2, 3, 4], 0, 0.1) },
  {
    name: 'motionBlur',
    label: 'Motion blur',
    parameter: 'length',
    unit: 'px',
    ...scale([1, 2, 3, 5, 7, 9, 11, 15], 1, 0.5),
  },
  { name: 'pixelate', label: 'Pixelate', parameter: 'size', unit: 'px', ...scale([1, 2, 3, 4, 6, 8], 1, 1) },
  {
    name: 'jpeg',
    label: 'JPEG quality',
    parameter: 'quality',
    unit: '',
    ...scale([5, 10, 15, 20, 30, 40, 50, 65, 80, 90, 100], 100, 1),
  },
  {
    name: 'gaussianNoise',
    label: 'Gaussian noise',
    parameter: 'sigma',
    unit: '',
    ...scale([0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3], 0, 0.01),
  },
  {
    name: 'shotNoise',
    label: 'Shot noise',
    parameter: 'variance',
    unit: '',
    ...scale([0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35], 0, 0.001),
  },
  {
    name: 'impulseNoise',
    label: 'Impulse noise',
    parameter: 'share',
    unit: '',
    ...scale([0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3], 0, 0.01),
  },
  {
    name: 'occlusionGrid',
    label: 'Occlusion grid',
    parameter: 'share',
    unit: '',
    ...scale([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], 0, 0.01),
  },
]
