import { type ClassifierInfo, convLayers } from '@vatun/core'

/** A common beginning shorter than this is no trouble to read. */
const longBeginning = 12
const known = new WeakMap<object, string>()

/**
 * A convolution layer's name as views show it where room is scarce: a long beginning that all have in common, up to a dot or a slash, gives way
 * to `…`, for what follows tells them apart (`…expanded_conv_1.project`).
 */
export function layerLabel(model: Pick<ClassifierInfo, 'layers'>, layer: string): string {
  const beginning = known.get(model) ?? commonBeginning(convLayers(model).map(({ name }) => name))
  known.set(model, beginning)
  const long = beginning.length >= longBeginning && layer.startsWith(beginning)
  return long ? `…${layer.slice(beginning.length)}` : layer
}

/** What all names begin with, up to a separator. */
function commonBeginning([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return ''
  let length = 0
  while (length < first.length && others.every((name) => name[length] === first[length])) length++
  return first.slice(0, length).replace(/[^./]*$/, '')
}
