import type { Axis } from '@vatun/core'
import { corruptionLabel, corruptionNames, corruptionStepName } from './corruption-names.js'

/** Each corruption over its severities, 0 for none. */
export const corruptionAxes: readonly Axis[] = corruptionNames.map((name) => ({
  name: corruptionStepName(name),
  label: corruptionLabel(name),
  parameter: 'severity',
  unit: '',
  min: 0,
  max: 5,
  step: 1,
  identity: 0,
  degrees: [0, 1, 2, 3, 4, 5],
}))
