import type { Color } from './augmentation.js'

/**
 * What lies beyond the border of an image: a colour, its mirror image (the border pixel not repeated, as often as needed), or the nearest
 * pixel of the border.
 */
export type Outside = Color | 'reflect' | 'edge'

/** What a geometric step says about {@link Outside}: `border: 'fill'` with a `fill`, `'reflect'` or `'edge'`. */
export const outsideParameters = [
  {
    kind: 'choice',
    name: 'border',
    label: 'Border',
    options: ['fill', 'reflect', 'edge'] as const,
    default: 'fill',
  },
  { kind: 'color', name: 'fill', label: 'Fill', default: 0 },
] as const

/** The {@link Outside} of a step. */
export function outsideOf({ border, fill }: { border: 'fill' | 'reflect' | 'edge'; fill: Color }): Outside {
  return border === 'fill' ? fill : border
}
