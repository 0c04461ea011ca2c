import type { ClassifierInfo, LayerInfo, Tap } from './classifier.js'
import { VatunError } from './errors.js'

/** The layer of that name. @throws VatunError `not-found`, listing the names there are. */
export function findLayer(info: ClassifierInfo, name: string, where: string): LayerInfo {
  const layer = info.layers.find((l) => l.name === name)
  if (layer) return layer
  const names = info.layers.map((l) => l.name)
  throw new VatunError(
    'not-found',
    `${where}: no layer "${name}" in ${info.name}, expected one of ${names.join(', ')}`,
    {
      details: { layer: name, layers: names },
    },
  )
}

/** The convolution layers of a model, in order of execution. */
export function convLayers(info: Pick<ClassifierInfo, 'layers'>): LayerInfo[] {
  return info.layers.filter((l) => l.kind === 'conv')
}

/** Asks for the penultimate features as one row an image: as they are for a dense layer, the spatial mean of a feature map. */
export function penultimateTap(info: ClassifierInfo): Tap {
  const { kind } = findLayer(info, info.penultimate, 'penultimateTap')
  return { layer: info.penultimate, reduce: kind === 'dense' ? 'none' : 'mean' }
}

/** The index of a class by its name. @throws VatunError `not-found`, listing the classes there are. */
export function findClass(classNames: readonly string[], name: string, where: string): number {
  const index = classNames.indexOf(name)
  if (index >= 0) return index
  throw new VatunError('not-found', `${where}: no class "${name}", expected one of ${classNames.join(', ')}`, {
    details: { class: name, classNames },
  })
}
