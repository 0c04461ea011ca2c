import type { InferenceSession } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { createSessionCache } from './session-cache.js'

/** A cache whose sessions only say when they are opened and released. */
function recordingCache(limit: number, patience: number) {
  const cache = createSessionCache({ limit, patience })
  const events: string[] = []
  const open = (key: string) => async () => {
    events.push(`+${key}`)
    return { release: async () => void events.push(`-${key}`) } as InferenceSession
  }
  return { events, cache, use: (key: string, task = async () => {}) => cache.use(key, open(key), task) }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

it('opens a session once while it is kept, and releases the least recently used one beyond the limit', async () => {
  const { events, use } = recordingCache(2, 100)
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await use(key)
  await settle()
  expect(events.join(' ')).toBe('+a +b +c -b +b -c')
})

it('releases a session that other ones have outlasted', async () => {
  const { events, use } = recordingCache(3, 3)
  for (const key of ['a', 'b', 'b', 'a', 'b', 'b']) await use(key)
  await settle()
  expect(events.join(' ')).toBe('+a +b')
  await use('b')
  await settle()
  expect(events.join(' ')).toBe('+a +b -a')
})

it('releases a session that is in use only after the task', async () => {
  const { events, use, cache } = recordingCache(1, 100)
  let finish = () => {}
  const running = use('a', () => new Promise<void>((resolve) => (finish = resolve)))
  await use('b')
  cache.clear()
  await settle()
  expect(events.join(' ')).toBe('+a +b -b')
  finish()
  await running
  await settle()
  expect(events.join(' ')).toBe('+a +b -b -a')
})

it('tries again what could not be opened', async () => {
  const { events, cache, use } = recordingCache(1, 100)
  const fail = async (): Promise<InferenceSession> => {
    throw new Error('no memory')
  }
  await expect(cache.use('a', fail, async () => {})).rejects.toThrow('no memory')
  await use('a')
  expect(events.join(' ')).toBe('+a')
})
