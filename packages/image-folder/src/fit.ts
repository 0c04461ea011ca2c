import { VatunError } from '@vatun/core'

/** How an image of another shape comes to the size of a model's input. */
export interface FitOptions {
  /**
   * `crop` (default): the image is made just large enough to cover the input, and its centre is taken. `stretch`: its sides are changed each on its own.
   * `pad`: the whole image is in the middle of a black input.
   */
  readonly fit?: Fit
  /**
   * Of `fit: "crop"`, the share of the shorter side that is taken, in (0, 1]. Default 1. 0.875 is torchvision's evaluation: `Resize(256)` and
   * `CenterCrop(224)`.
   */
  readonly crop?: number
}

export type Fit = (typeof fits)[number]
export const fits = ['crop', 'stretch', 'pad'] as const

/** Where a picture goes: resized to a size, of which a window is taken and put at a place in the input. */
export interface Placement {
  readonly resized: Size
  /** Left and top of the window in the resized picture. */
  readonly window: Point
  /** Left and top of the window's place in the input. */
  readonly place: Point
  /** Of the window. */
  readonly size: Size
}

export interface Size {
  readonly width: number
  readonly height: number
}

interface Point {
  readonly x: number
  readonly y: number
}

const origin: Point = { x: 0, y: 0 }

/** Places a picture in an input. Sizes are rounded as torchvision's `Resize` and `CenterCrop` do. */
export function placeImage(picture: Size, input: Size, { fit = 'crop', crop = 1 }: FitOptions): Placement {
  switch (fit) {
    case 'stretch':
      return { resized: input, window: origin, place: origin, size: input }
    case 'crop': {
      const cover = { width: Math.round(input.width / crop), height: Math.round(input.height / crop) }
      const resized = scaleTo(picture, cover, Math.max)
      const window = {
        x: roundHalfEven((resized.width - input.width) / 2),
        y: roundHalfEven((resized.height - input.height) / 2),
      }
      return { resized, window, place: origin, size: input }
    }
    case 'pad': {
      const resized = scaleTo(picture, input, Math.min)
      const place = {
        x: Math.floor((input.width - resized.width) / 2),
        y: Math.floor((input.height - resized.height) / 2),
      }
      return { resized, window: origin, place, size: resized }
    }
  }
}

/** Keeps the shape: one side becomes that of the box, the other is rounded down, to at least 1. */
function scaleTo(picture: Size, box: Size, choose: (a: number, b: number) => number): Size {
  const [x, y] = [box.width / picture.width, box.height / picture.height]
  return choose(x, y) === x
    ? { width: box.width, height: floorSide(box.width * (picture.height / picture.width)) }
    : { width: floorSide(box.height * (picture.width / picture.height)), height: box.height }
}

/** What is a whole number but for the last bits of a float is that number. */
function floorSide(side: number): number {
  return Math.max(1, Math.floor(side + 1e-9))
}

/** As Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value)
}

/** @throws VatunError `bad-input` */
export function checkFit({ fit = 'crop', crop }: FitOptions, where: string): void {
  if (!fits.includes(fit)) throw new VatunError('bad-input', `${where}: fit is "${fit}", expected ${fits.join(', ')}`)
  if (crop === undefined) return
  if (fit !== 'crop')
    throw new VatunError('bad-input', `${where}: crop goes with fit "crop", not with "${fit}", leave it out`)
  if (!(typeof crop === 'number' && crop > 0 && crop <= 1))
    throw new VatunError('bad-input', `${where}: crop is ${JSON.stringify(crop)}, expected a share up to 1`)
}
