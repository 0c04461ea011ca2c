import { heat } from '@vatun/view-kit'
import { describe, expect, it } from 'vitest'
import { explainedPixels, imagePixels } from './draw-image.js'

const rgb = { data: Uint8Array.of(10, 20, 30, 40, 50, 60), n: 1, height: 1, width: 2, channels: 3 }

describe('pixels of an image', () => {
  it('takes bytes and floats, colour and grey', () => {
    expect([...imagePixels(rgb)]).toEqual([10, 20, 30, 255, 40, 50, 60, 255])
    const grey = { data: Float32Array.of(0, 1), n: 1, height: 1, width: 2, channels: 1 }
    expect([...imagePixels(grey)]).toEqual([0, 0, 0, 255, 255, 255, 255, 255])
  })

  it('lays the heat map over the greyscale image, on the given scale', () => {
    const map = { map: Float32Array.of(0, 4), height: 1, width: 2 }
    const solid = explainedPixels(rgb, map, 4, 1)
    expect([...solid.subarray(0, 3)]).toEqual(heat(0).map(Math.round))
    expect([...solid.subarray(4, 7)]).toEqual(heat(1).map(Math.round))
    const clear = explainedPixels(rgb, map, 4, 0)
    expect([...clear.subarray(0, 3)]).toEqual([18, 18, 18])
    expect([...explainedPixels(rgb, map, 8, 1).subarray(4, 7)]).toEqual(heat(128 / 255).map(Math.round))
  })

  it('draws an empty map for an empty scale, and no map of another size', () => {
    const map = { map: Float32Array.of(0, 0), height: 1, width: 2 }
    expect([...explainedPixels(rgb, map, 0, 1).subarray(4, 7)]).toEqual(heat(0).map(Math.round))
    expect([...explainedPixels(rgb, { ...map, width: 1 }, 1, 1)]).toEqual([...imagePixels(rgb)])
  })
})
