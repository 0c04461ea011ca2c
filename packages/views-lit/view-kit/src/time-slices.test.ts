import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeSlices } from './time-slices.js'

/** An event loop whose time only work moves on. */
class Loop {
  time = 0
  readonly tasks: (() => void)[] = []
  readonly now = () => this.time
  readonly later = (run: () => void) => this.tasks.push(run)

  /** Runs one task. @returns how long it took. */
  next(): number {
    const start = this.time
    this.tasks.shift()?.()
    return this.time - start
  }
}

describe('slices of time', () => {
  it('do work at once while there is time', () => {
    const loop = new Loop()
    const slices = new TimeSlices(8, loop)
    const done: number[] = []
    for (const i of [1, 2, 3]) expect(slices.run(() => void done.push(i))).toBeUndefined()
    expect(done).toEqual([1, 2, 3])
    expect(loop.tasks).toHaveLength(1)
  })

  it('let the rest wait for the next task', async () => {
    const loop = new Loop()
    const slices = new TimeSlices(8, loop)
    const done: string[] = []
    const work = (name: string, milliseconds: number) => () => {
      loop.time += milliseconds
      done.push(name)
    }
    expect(slices.run(work('a', 9))).toBeUndefined()
    const b = slices.run(work('b', 1))
    const c = slices.run(work('c', 1))
    expect(done).toEqual(['a'])
    loop.next()
    expect(done).toEqual(['a', 'b', 'c'])
    expect(await Promise.all([b, c])).toEqual([undefined, undefined])
    expect(slices.run(work('d', 1))).toBeUndefined()
  })

  it('keep the order, lose nothing, and are exceeded by one piece at most', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (durations, length) => {
        const loop = new Loop()
        const slices = new TimeSlices(length, loop)
        const done: number[] = []
        for (const [i, duration] of durations.entries())
          void slices.run(() => {
            loop.time += duration
            done.push(i)
          })
        const longest = Math.max(0, ...durations)
        while (loop.tasks.length > 0) expect(loop.next()).toBeLessThan(length + longest)
        expect(done).toEqual([...durations.keys()])
      }),
    )
  })

  it('give an error to whoever asked for the work, and go on', async () => {
    const loop = new Loop()
    const slices = new TimeSlices(8, loop)
    const fail = () => {
      throw new Error('no')
    }
    expect(() => slices.run(fail)).toThrow('no')
    void slices.run(() => {
      loop.time += 8
    })
    const failed = slices.run(fail)
    const after = slices.run(() => undefined)
    loop.next()
    await expect(failed).rejects.toThrow('no')
    await after
  })

  it('come from the event loop', async () => {
    const slices = new TimeSlices(0)
    const done: number[] = []
    await Promise.all([1, 2, 3].map((i) => slices.run(() => void done.push(i))))
    expect(done).toEqual([1, 2, 3])
  })
})
