import { seedParameter } from '../attacks/attack-steps.js'
import { type Augmentation, defineAugmentation } from '../augmentation.js'
import { corrupt } from './corrupt.js'
import { type CorruptionName, corruptionLabel, corruptionNames, corruptionStepName } from './corruption-names.js'
import { frostNote } from './frost.js'
import { spatterNote } from './spatter.js'

const channels: Partial<Record<CorruptionName, readonly number[]>> = { saturate: [3], jpeg_compression: [1, 3] }

const notes: Partial<Record<CorruptionName, string>> = { frost: frostNote, spatter: spatterNote }

/** Steps `{ name: 'corruption-fog', severity, seed?, scale? }`, one for each corruption. */
export const corruptions: readonly Augmentation[] = corruptionNames.map((name) => {
  const note = notes[name]
  const taken = channels[name]
  return defineAugmentation({
    name: corruptionStepName(name),
    label: corruptionLabel(name),
    ...(note === undefined ? {} : { note }),
    ...(taken && { channels: taken }),
    parameters: [
      { kind: 'integer', name: 'severity', label: 'Severity', unit: '', min: 0, max: 5 },
      seedParameter,
      {
        kind: 'choice',
        name: 'scale',
        label: 'Constants',
        options: ['auto', 'cifar', 'imagenet'] as const,
        default: 'auto',
      },
    ],
    apply: (images, { severity, seed, scale }, { ids }) => corrupt(images, name, severity, { seed, ids, scale }),
  })
})
