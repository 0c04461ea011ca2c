import { type Registry, splitAxes } from '@vatun/augment'
import { type Axis, type ClassifierInfo, VatunError } from '@vatun/core'
import { channelsText } from './channels-text.js'

/**
 * The axes that are offered for a model: those of the registry that its images can be changed along.
 *
 * @param chosen Whether the configuration names the axes; what it names is not left out in silence.
 * @returns also those that are left out
 * @throws VatunError `bad-input` for chosen axes that the images cannot be changed along.
 */
export function fittingAxes(
  registry: Registry,
  { name, input: { channels } }: Pick<ClassifierInfo, 'name' | 'input'>,
  chosen: boolean,
): { readonly axes: readonly Axis[]; readonly leftOut: readonly Axis[] } {
  const { fit, unfit } = splitAxes(registry, channels)
  const images = `the images of ${name}, which have ${channelsText(channels)}`
  if (chosen && unfit.length > 0)
    throw new VatunError(
      'bad-input',
      `axes: ${unfit.map((axis) => `"${axis.name}"`).join(', ')} cannot change ${images}; leave ${unfit.length === 1 ? 'it' : 'them'} out`,
      { details: { axes: unfit.map((axis) => axis.name), channels } },
    )
  if (fit.length === 0)
    throw new VatunError('bad-input', `axes: none of them can change ${images}; choose some in the configuration`)
  return { axes: fit, leftOut: unfit }
}
