import { type AugmentationStep, VatunError } from '@vatun/core'
import { parseFraction } from './attacks/epsilon.js'
import type { Augmentation, Parameter } from './augmentation.js'

/**
 * Checks a step against the parameters of its augmentation and fills in defaults.
 * @throws VatunError `bad-input` for an unknown, missing, mistyped or out-of-range parameter.
 */
export function readValues(augmentation: Augmentation, step: AugmentationStep): Readonly<Record<string, unknown>> {
  const known = augmentation.parameters.map((parameter) => parameter.name)
  for (const key of Object.keys(step))
    if (key !== 'name' && !known.includes(key))
      throw new VatunError(
        'bad-input',
        `${step.name}: no parameter "${key}", expected ${known.length > 0 ? `one of ${known.join(', ')}` : 'none'}`,
        { details: { parameter: key, parameters: known } },
      )
  return Object.fromEntries(augmentation.parameters.map((parameter) => [parameter.name, readValue(parameter, step)]))
}

function readValue(parameter: Parameter, step: AugmentationStep): unknown {
  const fallback = 'default' in parameter ? parameter.default : undefined
  const given = step[parameter.name] ?? fallback
  const value = typeof given === 'string' && 'fractions' in parameter ? (parseFraction(given) ?? given) : given
  if (value === undefined && 'optional' in parameter) return undefined
  if (accepts(parameter, value)) return value
  const shown = value === undefined ? 'missing' : JSON.stringify(value)
  throw new VatunError('bad-input', `${step.name}: ${parameter.name} is ${shown}, expected ${expected(parameter)}`, {
    details: { parameter: parameter.name },
  })
}

function accepts(parameter: Parameter, value: unknown): boolean {
  switch (parameter.kind) {
    case 'choice':
      return typeof value === 'string' && parameter.options.includes(value)
    case 'positions':
      return Array.isArray(value) && value.every((position) => Number.isInteger(position) && position >= 0)
    case 'color':
      return isShare(value) || (Array.isArray(value) && value.length > 0 && value.every(isShare))
    default:
      return (
        typeof value === 'number' &&
        value >= parameter.min &&
        value <= parameter.max &&
        (parameter.kind === 'number' || Number.isInteger(value))
      )
  }
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function expected(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'choice':
      return `one of ${parameter.options.join(', ')}`
    case 'positions':
      return 'a list of whole numbers of at least 0'
    case 'color':
      return 'a number from 0 to 1, or a list with one for each channel'
    default:
      return `a ${parameter.kind === 'integer' ? 'whole number' : 'number'} from ${parameter.min} to ${parameter.max}`
  }
}
