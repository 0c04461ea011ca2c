import { concat, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { fakePorts, inTime, open, turned, watch } from './testing-view.test.data.js'

describe('sweeps of testingView', () => {
  it('does not sweep an axis again for its own slider, nor what was swept before', () => {
    const { ports, log } = fakePorts()
    inTime((at) => {
      const session = open(ports, { image: 1 })
      const view = watch(session)
      const sweeps = () => log.filter((l) => l.startsWith('sweep'))
      at(1000, () => session.update({ pipeline: turned(30) }))
      at(1001, () => {
        expect(view.last().sweeps.rotation!.status).toBe('ready')
        expect(view.last().sweeps.blur).toMatchObject({ status: 'running', value: {} })
      })
      at(2000, () => {
        expect(sweeps().slice(2)).toEqual(['sweep 1 blur rotation=30+blur=0'])
        session.update({ pipeline: [] })
      })
      at(2001, () => expect(view.last().sweeps.blur!.status).toBe('ready'))
      at(3000, () => session.update({ image: 2 }))
      at(4000, () => session.update({ image: 1 }))
      at(5000, () => {
        expect(sweeps()).toHaveLength(5)
        expect(view.last().sweeps.rotation!.status).toBe('ready')
        view.subscription.unsubscribe()
      })
    })
  })

  it('sweeps only while that can be seen', () => {
    const { ports, log, live } = fakePorts()
    inTime((at) => {
      const visible = new Subject<boolean>()
      const view = watch(open(ports, { image: 1 }), { sweepsVisible: concat(of(false), visible) })
      at(1000, () => {
        expect(log.some((l) => l.startsWith('sweep'))).toBe(false)
        visible.next(true)
      })
      at(1410, () => {
        expect(live.size).toBe(1)
        visible.next(false)
        expect(log).toContain('cancel sweep 1 rotation rotation=0')
        view.subscription.unsubscribe()
      })
    })
  })
})
