/**
 * A part of an image, in pixels from its top left corner. A pixel belongs to a rectangle or to the ellipse inscribed in it when its
 * centre does; what lies outside the image is ignored. `pixels` lists `row · width + column`.
 */
export type Region =
  | {
      readonly shape: 'rectangle' | 'ellipse'
      readonly top: number
      readonly left: number
      readonly height: number
      readonly width: number
    }
  | { readonly shape: 'pixels'; readonly pixels: readonly number[] }
