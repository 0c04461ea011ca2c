import { expect, it } from 'vitest'
import { type FitOptions, placeImage, type Size } from './fit.js'

const place = (picture: Size, input: Size, options: FitOptions = {}) => placeImage(picture, input, options)
const square = { width: 24, height: 24 }

it('rounds as torchvision: the longer side down, the middle to the even one of two', () => {
  expect(place({ width: 25, height: 24 }, square).window).toEqual({ x: 0, y: 0 })
  expect(place({ width: 27, height: 24 }, square).window).toEqual({ x: 2, y: 0 })
  expect(place({ width: 24, height: 29 }, square).window).toEqual({ x: 0, y: 2 })
  expect(place({ width: 500, height: 375 }, { width: 224, height: 224 }, { crop: 0.875 })).toEqual({
    resized: { width: 341, height: 256 },
    window: { x: 58, y: 16 },
    place: { x: 0, y: 0 },
    size: { width: 224, height: 224 },
  })
})

it('covers and fits inputs that are not square, to the pixel where the shape is the same', () => {
  const wide = { width: 320, height: 180 }
  for (const fit of ['crop', 'pad', 'stretch'] as const)
    for (const by of [0.3, 1, 7, 11.1])
      expect(place({ width: 320 * by, height: 180 * by }, wide, { fit })).toEqual({
        resized: wide,
        window: { x: 0, y: 0 },
        place: { x: 0, y: 0 },
        size: wide,
      })
  expect(place({ width: 100, height: 100 }, wide)).toMatchObject({
    resized: { width: 320, height: 320 },
    window: { y: 70 },
  })
  expect(place({ width: 100, height: 100 }, wide, { fit: 'pad' })).toMatchObject({
    resized: { width: 180, height: 180 },
    place: { x: 70, y: 0 },
    size: { width: 180, height: 180 },
  })
})

it('leaves a pixel of the narrowest strip', () => {
  expect(place({ width: 9000, height: 1 }, square, { fit: 'pad' }).size).toEqual({ width: 24, height: 1 })
})
