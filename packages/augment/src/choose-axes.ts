import { type Axis, type Pipeline, perhaps, VatunError } from '@vatun/core'
import { parseFraction } from './attacks/epsilon.js'
import type { Augmentation } from './augmentation.js'
import { checkDefinition, checkDegrees } from './check-definition.js'
import { composeAugmentation } from './compose-augmentation.js'
import { createRegistry, type Registry } from './create-registry.js'
import { trust } from './guard.js'
import { readValues } from './read-values.js'
import { builtIn } from './registry.js'

/** One change to offer, as JSON: the name of an axis, or the name with what is to be otherwise. */
export type AxisChoice = string | AxisOptions

/** See {@link AxisChoice}. */
export interface AxisOptions {
  /** Of an axis of the registry; with `of` or `pipeline` a new name. */
  readonly name: string
  /** For people. Default: that of the axis, or the new name. */
  readonly label?: string
  /** The grid of sweeps and simulations, ascending; sliders reach from the first to the last. The identity is added where it is missing. */
  readonly degrees?: readonly (number | string)[]
  /** Values of the step's other parameters, where steps do not say otherwise. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** The axis that this one is a variant of, where both are wanted: `{ name: 'mirrored', of: 'rotation', parameters: { border: 'reflect' } }`. */
  readonly of?: string
  /** Steps that grow together from a strength of 0 to 1, where they are as written. */
  readonly pipeline?: Pipeline
}

const keys: readonly string[] = [
  'name',
  'label',
  'degrees',
  'parameters',
  'of',
  'pipeline',
] satisfies (keyof AxisOptions)[]

/**
 * A registry that offers these axes, in this order. Its augmentations are those of the given one, variants and pipelines beside them: a pipeline
 * can name whatever stands before it.
 *
 * @throws VatunError `not-found` for an unknown name, telling the nearest there is, and `bad-input`, telling the place in the list.
 */
export function chooseAxes(choices: readonly AxisChoice[], registry: Registry = builtIn): Registry {
  let known = registry
  const chosen = new Map<string, Axis>()
  if (!Array.isArray(choices)) throw new VatunError('bad-input', 'axes: this is no list, expected ["rotation", …]')
  for (const [position, choice] of choices.entries()) {
    const where = `axes[${position}]`
    const options = readOptions(choice, where)
    if (chosen.has(options.name))
      throw new VatunError(
        'bad-input',
        `${where}: "${options.name}" has been chosen before, give this one a new name and "of": "${options.of ?? options.name}"`,
      )
    const { augmentation, axis } = find(options, known, where)
    const others = known.augmentations.filter(({ name }) => name !== axis.name)
    // Pipelines grow along the axes of all that is known, not only of what is chosen.
    known = createRegistry([...others, augmentation], [...known.axes.filter(({ name }) => name !== axis.name), axis])
    chosen.set(axis.name, axis)
  }
  return createRegistry(known.augmentations, [...chosen.values()])
}

interface Found {
  readonly augmentation: Augmentation
  readonly axis: Axis
}

function find(options: AxisOptions, registry: Registry, where: string): Found {
  const { name, of, label, pipeline } = options
  if (pipeline === undefined && of === undefined)
    return vary(options, axisNamed(name, registry, where), registry, where)
  if (registry.augmentations.some((augmentation) => augmentation.name === name))
    throw new VatunError('bad-input', `${where}: the name "${name}" is taken, give this one another`)
  if (pipeline === undefined) return vary({ label: name, ...options }, axisNamed(of!, registry, where), registry, where)
  if (of !== undefined || options.parameters !== undefined)
    throw new VatunError('bad-input', `${where}: "pipeline" goes with neither "of" nor "parameters"`)
  const augmentation = attempt(where, () => composeAugmentation(name, label ?? name, pipeline, registry))
  checkDefinition(augmentation, where)
  const own = createRegistry([augmentation])
  return vary(options, own.axes[0]!, own, where)
}

/** The axis under another name, with other degrees or with other values of its step's other parameters. */
function vary(options: AxisOptions, base: Axis, registry: Registry, where: string): Found {
  const { name, label = base.label, parameters = {} } = options
  const original = registry.find(base.name)
  if (base.parameter in parameters)
    throw new VatunError('bad-input', `${where}: "${base.parameter}" is what the axis varies, give "degrees" for it`)
  const fixed = attempt(where, () => readValues(original, { ...parameters, name, [base.parameter]: base.identity }))
  const degrees = options.degrees && attempt(where, () => readDegrees(options.degrees!, parameters, base, original))
  const axis = { ...base, name, label, ...(degrees && scaleOf(degrees, base)) }
  const changed = Object.keys(parameters).length > 0
  const augmentation: Augmentation = {
    ...original,
    ...{ name, label, axis },
    ...(changed && {
      parameters: original.parameters.map((parameter) =>
        parameter.name in parameters
          ? ({ ...parameter, default: fixed[parameter.name] } as typeof parameter)
          : parameter,
      ),
    }),
    ...((changed || name !== base.name) && {
      revision: JSON.stringify([original.name, original.revision ?? '', parameters]),
    }),
  }
  trust([augmentation])
  checkDefinition(augmentation, where)
  return { augmentation, axis }
}

function axisNamed(name: string, registry: Registry, where: string): Axis {
  const found = registry.axes.find((axis) => axis.name === name)
  if (found) return found
  if (registry.augmentations.some((augmentation) => augmentation.name === name))
    throw new VatunError('bad-input', `${where}: "${name}" has no magnitude to vary, use it in a "pipeline"`)
  const names = registry.axes.map((axis) => axis.name)
  throw new VatunError(
    'not-found',
    `${where}: no axis "${name}"${perhaps(name, names)}, expected one of ${names.join(', ')}`,
    { details: { name, names } },
  )
}

/** Degrees as numbers, the identity among them. */
function readDegrees(
  given: readonly unknown[],
  parameters: object,
  base: Axis,
  augmentation: Augmentation,
): readonly number[] {
  const where = `"${base.name}"`
  if (!Array.isArray(given)) throw new VatunError('bad-input', `${where}: degrees is no list, expected numbers`)
  const degrees: unknown = given.map((degree) =>
    typeof degree === 'string' ? (parseFraction(degree) ?? degree) : degree,
  )
  checkDegrees(degrees, where)
  for (const degree of degrees) readValues(augmentation, { ...parameters, name: base.name, [base.parameter]: degree })
  return [...new Set([...degrees, base.identity])].sort((a, b) => a - b)
}

function scaleOf(degrees: readonly number[], base: Axis): Pick<Axis, 'min' | 'max' | 'step' | 'in255ths' | 'degrees'> {
  const [min, max] = [degrees[0]!, degrees.at(-1)!]
  if (!base.in255ths) return { min, max, step: Math.min(base.step, max - min), degrees }
  const in255ths = degrees.every((degree) => Math.abs(degree * 255 - Math.round(degree * 255)) < 1e-6)
  return { min, max, step: in255ths ? base.step : (max - min) / 100, in255ths, degrees }
}

function readOptions(choice: unknown, where: string): AxisOptions {
  if (typeof choice === 'string') return { name: choice }
  if (typeof choice !== 'object' || choice === null || typeof (choice as { name?: unknown }).name !== 'string')
    throw new VatunError('bad-input', `${where}: this is neither a name nor an object with a "name"`)
  const unknown = Object.keys(choice).find((key) => !keys.includes(key))
  if (unknown !== undefined)
    throw new VatunError(
      'bad-input',
      `${where}: no option "${unknown}"${perhaps(unknown, keys)}, expected ${keys.join(', ')}`,
    )
  const options = choice as AxisOptions
  for (const key of ['label', 'of'] as const)
    if (options[key] !== undefined && (typeof options[key] !== 'string' || options[key] === ''))
      throw new VatunError('bad-input', `${where}: "${key}" is no text`)
  const { parameters } = options
  if (parameters !== undefined && (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)))
    throw new VatunError('bad-input', `${where}: "parameters" is no object of names and values`)
  return options
}

/** Tells the place in the list with what went wrong there. */
function attempt<T>(where: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof VatunError)) throw error
    throw new VatunError(error.code, `${where}: ${error.message}`, { details: error.details, cause: error })
  }
}
