import { describe, expect, it } from 'vitest'
import { centreCrop, fromRgba, readUpload, resizeNotice } from './read-upload.js'

const target = { width: 32, height: 32 }

describe('uploads', () => {
  it('crops the centre to the aspect ratio of the model', () => {
    expect(centreCrop({ width: 640, height: 480 }, target)).toEqual({ x: 80, y: 0, width: 480, height: 480 })
    expect(centreCrop({ width: 100, height: 400 }, { width: 50, height: 100 })).toEqual({
      x: 0,
      y: 100,
      width: 100,
      height: 200,
    })
    expect(centreCrop({ width: 32, height: 32 }, target)).toEqual({ x: 0, y: 0, width: 32, height: 32 })
  })

  it('says what was done', () => {
    expect(resizeNotice({ width: 32, height: 32 }, target)).toBe('')
    expect(resizeNotice({ width: 640, height: 640 }, target)).toBe('resized from 640×640')
    expect(resizeNotice({ width: 640, height: 480 }, target)).toBe('resized from 640×480, sides cut off')
    expect(resizeNotice({ width: 16, height: 16 }, target)).toBe('resized from 16×16')
  })

  it('keeps RGB or takes the luma, without alpha', () => {
    const rgba = [255, 0, 0, 255, 255, 255, 255, 255]
    expect([...fromRgba(rgba, 3)]).toEqual([255, 0, 0, 255, 255, 255])
    expect([...fromRgba(rgba, 1)]).toEqual([76, 255])
  })

  it('refuses what cannot be shown to the model before reading it', async () => {
    const input = { height: 32, width: 32, channels: 3 }
    const file = new File(['x'], 'a.png')
    await expect(readUpload(file, { ...input, channels: 4 })).rejects.toMatchObject({ code: 'unsupported' })
    const huge = Object.defineProperty(new File(['x'], 'huge.png'), 'size', { value: 90_000_000 })
    await expect(readUpload(huge, input)).rejects.toThrow('“huge.png” has 90 MB, choose an image of at most 50 MB.')
  })
})
