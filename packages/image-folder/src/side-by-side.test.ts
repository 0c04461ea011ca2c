import { expect, it } from 'vitest'
import { sideBySide } from './side-by-side.js'

it('begins no task after one has failed', async () => {
  const begun: number[] = []
  const task = async (i: number) => {
    begun.push(i)
    await Promise.resolve()
    if (i === 2) throw new Error('two')
  }
  await expect(sideBySide(100, 2, task)).rejects.toThrow('two')
  await new Promise((done) => setTimeout(done, 5))
  expect(begun.length).toBeLessThan(6)
})
