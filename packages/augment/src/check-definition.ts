import { type Axis, VatunError } from '@vatun/core'
import type { Augmentation } from './augmentation.js'

/**
 * What people write by hand, perhaps in JavaScript, before anything relies on it.
 * @throws VatunError `bad-input` naming the first thing that is missing or wrong
 */
export function checkDefinition(augmentation: Augmentation, where: string): void {
  const given: unknown = augmentation
  if (typeof given !== 'object' || given === null || typeof (given as { name?: unknown }).name !== 'string')
    throw new VatunError('bad-input', `${where}: an augmentation has no name, make it with defineAugmentation`)
  const { name, label, parameters, apply, applyOnHost, onHostOnly, axis } = augmentation
  // Names are in file names of results and in keys of objects.
  if (!/^[a-z][\w-]*$/i.test(name))
    throw new VatunError('bad-input', `${where}: the name "${name}" is not made of letters, digits, - and _`)
  if (name in {}) throw new VatunError('bad-input', `${where}: "${name}" is a word of JavaScript, choose another name`)
  const lacking =
    typeof label !== 'string' || label === ''
      ? 'label'
      : !Array.isArray(parameters)
        ? 'list of parameters'
        : typeof apply !== 'function'
          ? 'function apply'
          : undefined
  if (lacking) throw new VatunError('bad-input', `${where}: "${name}" has no ${lacking}`)
  if (applyOnHost ? typeof applyOnHost !== 'function' : onHostOnly)
    throw new VatunError('bad-input', `${where}: "applyOnHost" of "${name}" is no function`)
  const { channels } = augmentation
  if (channels !== undefined && !(Array.isArray(channels) && channels.every((count) => Number.isInteger(count))))
    throw new VatunError('bad-input', `${where}: "channels" of "${name}" is no list of whole numbers, expected say [3]`)
  if (axis) checkOwnAxis(augmentation, axis, where)
}

/** @throws VatunError `bad-input` unless these are finite numbers, at least one, each above the one before */
export function checkDegrees(degrees: unknown, where: string): asserts degrees is readonly number[] {
  if (!Array.isArray(degrees) || degrees.length === 0)
    throw new VatunError('bad-input', `${where} has no degrees, give a list of numbers`)
  for (const [i, degree] of degrees.entries()) {
    if (!Number.isFinite(degree))
      throw new VatunError('bad-input', `${where} has the degree ${String(degree)}, expected finite numbers`)
    if (i > 0 && degree <= degrees[i - 1])
      throw new VatunError(
        'bad-input',
        `${where} has the degree ${degree} after ${degrees[i - 1]}, sort them, each once`,
      )
  }
}

function checkOwnAxis({ name, parameters }: Augmentation, axis: Axis, where: string): void {
  const magnitude = parameters.find((parameter) => parameter.name === axis.parameter)
  if (axis.name !== name || (magnitude?.kind !== 'number' && magnitude?.kind !== 'integer'))
    throw new VatunError(
      'bad-input',
      `${where}: the axis of "${name}" moves ${axis.name}.${axis.parameter}, expected a number among its parameters`,
    )
  const { min, max, step, identity, degrees } = axis
  const of = `${where}: the axis of "${name}"`
  checkDegrees(degrees, of)
  const within = (value: number) => value >= min && value <= max
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max))
    throw new VatunError('bad-input', `${of} reaches from ${min} to ${max}, expected two finite numbers in this order`)
  if (!(step > 0 && step <= max - min))
    throw new VatunError('bad-input', `${of} has the step ${step}, expected more than 0 and at most its range`)
  if (!within(identity))
    throw new VatunError('bad-input', `${of} has the identity ${identity}, expected ${min} to ${max}`)
  const outside = degrees.find((degree) => !within(degree))
  if (outside !== undefined)
    throw new VatunError('bad-input', `${of} has the degree ${outside}, expected ${min} to ${max}`)
}
