import type { Axis } from '@vatun/core'

const hue: Axis = {
  name: 'hue',
  label: 'Hue',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-180, -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150, 180],
}

const brightness: Axis = {
  name: 'brightness',
  label: 'Brightness',
  parameter: 'amount',
  unit: '',
  min: -1,
  max: 1,
  step: 0.01,
  identity: 0,
  degrees: [-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1],
}

const rotation: Axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-180, -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150, 180],
}

const blur: Axis = {
  name: 'blur',
  label: 'Blur',
  parameter: 'sigma',
  unit: 'px',
  min: 0,
  max: 4,
  step: 0.1,
  identity: 0,
  degrees: [0, 0.5, 1, 1.5, 2, 3, 4],
}

const fgsm: Axis = {
  name: 'fgsm',
  label: 'FGSM',
  parameter: 'epsilon',
  unit: '',
  min: 0,
  max: 16 / 255,
  step: 1 / 255,
  identity: 0,
  degrees: [0, 1, 2, 4, 8, 12, 16].map((level) => level / 255),
  in255ths: true,
}

/** The five changes that the paper's views show, in the order of display. */
export const defaultAxes: readonly Axis[] = [hue, brightness, rotation, blur, fgsm]
