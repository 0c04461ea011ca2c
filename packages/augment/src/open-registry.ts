import { sha256, VatunError } from '@vatun/core'
import type { Augmentation } from './augmentation.js'
import { axes } from './axes.js'
import { checkDefinition } from './check-definition.js'
import { type AxisChoice, chooseAxes } from './choose-axes.js'
import { createRegistry, type Registry } from './create-registry.js'
import { augmentations, builtIn } from './registry.js'
import { type Toolkit, toolkit } from './toolkit.js'

/** Exports of a module of your own augmentations. It imports nothing: what it needs, it is given. */
export interface AugmentationModule {
  augmentations(toolkit: Toolkit): readonly Augmentation[] | Promise<readonly Augmentation[]>
}

/** An ES module as text, which runs in any thread, in Node and in a page. */
export interface ModuleText {
  /** For people: the file's name. */
  readonly name: string
  readonly text: string
}

/** A registry as JSON, so that workers and pages can open the same one. */
export interface RegistrySpec {
  /** See {@link chooseAxes}. Default: the axes of the paper's views, and then all of the module. */
  readonly axes?: readonly AxisChoice[]
  /** See {@link AugmentationModule}. */
  readonly module?: ModuleText
}

/**
 * Opens a registry from its spec. What the module's augmentations do is identified by its text: results stored for another text are not taken
 * for theirs.
 *
 * @throws VatunError `bad-input` for a module that cannot be loaded or gives something else than augmentations, and for axes as
 * {@link chooseAxes}.
 */
export async function openRegistry(spec: RegistrySpec = {}): Promise<Registry> {
  const own = spec.module ? await loadAugmentations(spec.module) : []
  const known = own.length > 0 ? createRegistry([...augmentations, ...own]) : builtIn
  const offered = [...axes, ...own.flatMap(({ axis }) => axis ?? [])].map(({ name }) => name)
  return chooseAxes(spec.axes ?? offered, known)
}

async function loadAugmentations(module: ModuleText): Promise<readonly Augmentation[]> {
  const { name } = module
  const { augmentations: list } = await importText(module)
  if (typeof list !== 'function')
    throw new VatunError(
      'bad-input',
      `${name}: has no function augmentations, export one: export const augmentations = ({ tf, defineAugmentation }) => […]`,
    )
  let own: unknown
  try {
    own = await list(toolkit)
  } catch (cause) {
    throw new VatunError('bad-input', `${name}: augmentations throws (${messageOf(cause)})`, { cause })
  }
  if (!Array.isArray(own))
    throw new VatunError('bad-input', `${name}: augmentations returns no list, expected one of augmentations`)
  const revision = await sha256(new TextEncoder().encode(module.text))
  const names = new Set<string>()
  return own.map((augmentation: Augmentation) => {
    checkDefinition(augmentation, name)
    if (builtIn.augmentations.some((other) => other.name === augmentation.name))
      throw new VatunError(
        'bad-input',
        `${name}: "${augmentation.name}" is the name of a built-in augmentation, choose another`,
      )
    if (names.has(augmentation.name))
      throw new VatunError('bad-input', `${name}: two augmentations named "${augmentation.name}", expected one`)
    names.add(augmentation.name)
    return { ...augmentation, revision: `${revision} ${augmentation.revision ?? ''}`.trim() }
  })
}

async function importText({ name, text }: ModuleText): Promise<Partial<AugmentationModule>> {
  // A URL that holds the module: nothing has to be served, and every thread runs the same text. Stack traces show the file's name.
  const url = `data:text/javascript;charset=utf-8,${encodeURIComponent(`${text}\n//# sourceURL=${encodeURI(name)}\n`)}`
  try {
    return (await import(/* @vite-ignore */ url)) as Partial<AugmentationModule>
  } catch (cause) {
    const reason = messageOf(cause).replace(/"?data:text\/javascript[^\s"')]*"?/g, 'it')
    const imports = /^\s*(import\b(?!\s*\()|export\b.*\bfrom\b)/m.test(text)
    throw new VatunError(
      'bad-input',
      imports
        ? `${name}: imports something (${reason}); it has to be one file of JavaScript, given what it needs`
        : `${name}: cannot be loaded (${reason})`,
      { cause },
    )
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
