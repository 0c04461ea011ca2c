import { expect, test } from 'vitest'
import { shortenText, textWidth } from './measure-text.js'

const font = '11px sans-serif'

test('a text that fits is left alone', () => {
  expect(shortenText('automobile', textWidth('automobile', font), font)).toBe('automobile')
})

test('a longer text loses its end, and always fits or is one character long', () => {
  for (const width of [0, 5, 20, 40, 60]) {
    const short = shortenText('automobile', width, font)
    expect(short).toMatch(/^a.*…$/)
    expect(textWidth(short, font) <= width || short === 'a…').toBe(true)
  }
})
