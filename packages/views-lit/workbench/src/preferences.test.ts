import { expect, test } from 'vitest'
import { initialLayout } from './layout.js'
import { type PreferenceStore, readPreferences, writePreferences } from './preferences.js'

function storeWith(text?: string): PreferenceStore {
  let kept = text ?? null
  return {
    getItem: () => kept,
    setItem: (_key, value) => {
      kept = value
    },
  }
}

test('what was written is read again', () => {
  const store = storeWith()
  const preferences = { layout: { row: 0.3, top: 0.6, bottom: 0.5 }, theme: 'dark' } as const
  writePreferences(preferences, store)
  expect(readPreferences(store)).toEqual(preferences)
})

test('nothing, damage and shares out of range leave a fresh workbench', () => {
  for (const text of [undefined, '', '{', 'null', '7', '{"layout":{"row":2,"top":"wide"},"theme":"pink"}'])
    expect(readPreferences(storeWith(text))).toEqual({ layout: initialLayout })
})

test('a store that refuses is no error', () => {
  const refuse = () => {
    throw new Error('denied')
  }
  const store = { getItem: refuse, setItem: refuse }
  writePreferences({ layout: initialLayout }, store)
  expect(readPreferences(store)).toEqual({ layout: initialLayout })
})
