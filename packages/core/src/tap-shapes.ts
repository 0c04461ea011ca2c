import type { ClassifierInfo, Tap } from './classifier.js'
import { findLayer } from './find-layer.js'
import type { NodeInfo } from './tfjs-network.js'

type Shape = readonly number[]

/** The shapes that the value of that name may have for one image, its own first. @throws VatunError `not-found` for an unknown name. */
export type ShapeFinder = (name: string, where: string) => readonly Shape[]

/** Finds layers and, after them, nodes by their names. */
export function shapeFinder(info: ClassifierInfo, nodes: readonly NodeInfo[] = []): ShapeFinder {
  const byNode = new Map(nodes.map(({ name, shape }) => [name, shape]))
  const byLayer = new Map(info.layers.map((layer) => [layer.name, layer]))
  return (name, where) => {
    const node = byNode.get(name)
    if (node && !byLayer.has(name)) return [node]
    const { kind, height, width, channels } = byLayer.get(name) ?? findLayer(info, name, where)
    if (height !== 1 || width !== 1) return [[height, width, channels]]
    const vector = [channels]
    const map = [1, 1, channels]
    return kind === 'dense' ? [vector, map] : [map, vector]
  }
}

/** Shape of a tap's values for one image. @throws VatunError `not-found` */
export function tapShape({ layer, reduce }: Tap, shapesOf: ShapeFinder): Shape {
  const shape = shapesOf(layer, 'predict')[0]!
  return reduce !== 'none' && shape.length === 3 ? shape.slice(2) : shape
}
