import type { Axis } from '@vatun/core'
import type { Registry } from './create-registry.js'

/**
 * Parts the axes of a registry by whether their changes take images of so many channels, for instance hue, which grey images do not have.
 *
 * @param channels Of the images.
 */
export function splitAxes(registry: Registry, channels: number): { readonly fit: Axis[]; readonly unfit: Axis[] } {
  const takes = ({ name }: Axis) => registry.find(name).channels?.includes(channels) ?? true
  return { fit: registry.axes.filter(takes), unfit: registry.axes.filter((axis) => !takes(axis)) }
}
