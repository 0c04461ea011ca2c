import { describe, expect, it } from 'vitest'
import { shortcutOf } from './shortcuts.js'

function press(key: string, more: Partial<KeyboardEvent> = {}, inField = false): KeyboardEvent {
  const target = { matches: () => inField } as unknown as Element
  return { key, defaultPrevented: false, composedPath: () => [target], ...more } as KeyboardEvent
}

describe('shortcutOf', () => {
  it('knows Esc, Z and ?', () => {
    expect(['Escape', 'z', 'Z', '?', 'a', 'Enter'].map((key) => shortcutOf(press(key)))).toEqual([
      'clear',
      'undo',
      'undo',
      'help',
      null,
      null,
    ])
    expect(shortcutOf(press('z', { ctrlKey: true }))).toBe('undo')
    expect(shortcutOf(press('z', { metaKey: true, shiftKey: true }))).toBeNull()
  })

  it('leaves fields, used keys and the keys of the browser alone', () => {
    expect(shortcutOf(press('z', {}, true))).toBeNull()
    expect(shortcutOf(press('Escape', { defaultPrevented: true }))).toBeNull()
    expect(shortcutOf(press('?', { ctrlKey: true }))).toBeNull()
    expect(shortcutOf(press('z', { altKey: true }))).toBeNull()
  })
})
