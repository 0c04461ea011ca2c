import { expect, test } from 'vitest'

test('can be imported where there is no DOM', async () => {
  expect(typeof window).toBe('undefined')
  await import('./define.js')
  const elements = await import('./index.js')
  expect(Object.keys(elements).length).toBeGreaterThan(0)
})
