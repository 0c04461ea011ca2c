import { BehaviorSubject, delay, Observable, Subject, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { VatunError } from '../../errors.js'
import { fakePorts, inTime, open, turned, watch } from './testing-view.test.data.js'

describe('testingView', () => {
  it('predicts, then explains, then sweeps the image, one sweep after the other', () => {
    const { ports, log } = fakePorts()
    inTime((at) => {
      const view = watch(open(ports, { image: 4 }))
      at(0, () => expect(view.last().original).toMatchObject({ status: 'running' }))
      at(1000, () => {
        expect(log).toEqual([
          'predict 4 original',
          'explain 4 original conv 0',
          'sweep 4 rotation rotation=0',
          'sweep 4 blur blur=0',
        ])
        const state = view.last()
        expect(state.original).toMatchObject({ status: 'ready' })
        expect(state.changed).toBe(state.original)
        expect(state.drift).toBe(0)
        expect(state.explain).toMatchObject({ layer: 'conv', chosenClass: null, scale: 3, original: { classIndex: 0 } })
        expect(Object.values(state.sweeps).map((s) => s.status)).toEqual(['ready', 'ready'])
        view.subscription.unsubscribe()
      })
    })
  })

  it('shows what the change did: probabilities, drift, both maps on one scale', () => {
    const { ports } = fakePorts()
    inTime((at) => {
      const view = watch(open(ports, { image: 4, pipeline: turned(30) }))
      at(1000, () => {
        const state = view.last()
        expect(state.drift).toBeCloseTo(1)
        expect(state.classes.map((c) => c.classIndex)).toEqual([0, 1, 2])
        expect(state.classes[2]!.after).toBeCloseTo(0.7)
        expect(state.explain.original.classIndex).toBe(0)
        expect(state.explain.changed.classIndex).toBe(2)
        expect(state.explain.scale).toBe(5)
        view.subscription.unsubscribe()
      })
    })
  })

  it('explains only while heat maps are shown', () => {
    const { ports, log } = fakePorts()
    inTime((at) => {
      const explained = new BehaviorSubject(false)
      const view = watch(open(ports, { image: 4, pipeline: turned(30) }), { explained })
      const asked = () => log.filter((line) => line.startsWith('explain'))
      at(1000, () => {
        expect(asked()).toEqual([])
        expect(view.last().explain).toMatchObject({ scale: 0, changed: { map: { status: 'waiting' } } })
        explained.next(true)
      })
      at(2000, () => {
        expect(asked()).toHaveLength(2)
        expect(view.last().explain.changed.map.status).toBe('ready')
        explained.next(false)
        expect(view.last().explain.changed.map.status).toBe('waiting')
        view.subscription.unsubscribe()
      })
    })
  })

  it('never mixes two images, and drops the requests of the one before', () => {
    const { ports, log, live } = fakePorts()
    inTime((at) => {
      const session = open(ports, { image: 1 })
      const view = watch(session)
      at(10, () => session.update({ image: 2 }))
      at(11, () => {
        expect(log).toEqual(['predict 1 original', 'cancel predict 1 original', 'predict 2 original'])
        expect(view.last().image).toEqual({ kind: 'dataset', index: 2 })
        expect(view.last().original).not.toHaveProperty('value')
      })
      at(2000, () => {
        expect(live.size).toBe(0)
        view.subscription.unsubscribe()
      })
    })
  })

  it('asks at most once an interval while a slider moves; ready always means the latest change', () => {
    const { ports, log } = fakePorts({ predict: 70, explain: 30, sweep: 50 })
    inTime((at) => {
      const session = open(ports, { image: 1 })
      const view = watch(session)
      for (let i = 1; i <= 20; i++) at(200 + i * 16, () => session.update({ pipeline: turned(i) }))
      at(217, () => {
        expect(view.last().changed).toMatchObject({ status: 'running', value: {} })
        expect(view.last().pipeline).toEqual(turned(1))
      })
      at(2500, () => {
        const asked = log.filter((l) => l.startsWith('predict 1 rotation'))
        expect(asked.length).toBeLessThanOrEqual(5)
        expect(asked[asked.length - 1]).toBe('predict 1 rotation=20')
        expect(log.filter((l) => l.startsWith('predict 1 original'))).toHaveLength(1)
        expect(log.filter((l) => l.startsWith('explain 1 rotation'))).toEqual(['explain 1 rotation=20 conv 2'])
        for (const state of view.seen)
          if (state.changed.status === 'ready' && state.pipeline.length > 0)
            expect([...state.changed.value.features]).toEqual([0, 2])
        view.subscription.unsubscribe()
      })
    })
  })

  it('explains the latest change even when its prediction was still running', () => {
    const { ports, log } = fakePorts({ predict: 20, explain: 500, sweep: 5 })
    inTime((at) => {
      const session = open(ports, { image: 1, pipeline: turned(10) })
      const view = watch(session)
      at(300, () => session.update({ pipeline: turned(20) }))
      at(305, () => {
        expect(log).toContain('cancel explain 1 rotation=10 conv 2')
        expect(view.last().explain.changed.map).toMatchObject({ status: 'running' })
      })
      at(3000, () => {
        expect(log).toContain('explain 1 rotation=20 conv 2')
        expect(view.last().explain.changed.map.status).toBe('ready')
        view.subscription.unsubscribe()
      })
    })
  })

  it('explains again for another layer or class without predicting again', () => {
    const { ports, log } = fakePorts()
    inTime((at) => {
      const session = open(ports, { image: 1 })
      const view = watch(session)
      at(1000, () => session.update({ explain: { layer: 'conv', classIndex: 1 } }))
      at(2000, () => {
        expect(log.filter((l) => l.startsWith('predict'))).toHaveLength(1)
        expect(log.filter((l) => l.startsWith('explain'))).toEqual([
          'explain 1 original conv 0',
          'explain 1 original conv 1',
        ])
        expect(view.last().explain.original.classIndex).toBe(1)
        view.subscription.unsubscribe()
      })
    })
  })

  it('reports an error of one part and recovers by retry or by the next change', () => {
    const { ports } = fakePorts()
    inTime((at) => {
      let broken = true
      const refuse = throwError(() => new VatunError('engine', 'predict: no engine, reload the page')).pipe(delay(5))
      const session = open(
        {
          ...ports,
          predict: (r) => (broken && r.pipeline.length > 0 ? refuse : ports.predict!(r)),
          explain: (r) => (broken ? refuse : ports.explain!(r)),
        },
        { image: 1, pipeline: turned(10) },
      )
      const retry = new Subject<void>()
      const view = watch(session, { retry })
      at(1000, () => {
        expect(view.last().original.status).toBe('ready')
        expect(view.last().changed).toMatchObject({ status: 'failed', error: { code: 'engine' } })
        expect(view.last().explain.original.map.status).toBe('failed')
        expect(view.last().explain.changed.map.status).toBe('waiting')
        session.update({ pipeline: [] })
        expect(view.last().changed.status).toBe('ready')
        broken = false
        retry.next()
      })
      at(2000, () => {
        expect(view.last().explain.original.map.status).toBe('ready')
        session.update({ pipeline: turned(20) })
      })
      at(3000, () => {
        expect(view.last().changed.status).toBe('ready')
        expect(view.last().explain.changed.map.status).toBe('ready')
        view.subscription.unsubscribe()
      })
    })
  })

  it('reports a port that throws or that ends without an answer', () => {
    inTime((at) => {
      const thrown = watch(
        open(
          {
            predict: () => {
              throw new Error('boom')
            },
          },
          { image: 1 },
        ),
      )
      const silent = watch(open({ predict: () => new Observable((s) => s.complete()) }, { image: 1 }))
      at(500, () => {
        expect(thrown.last().original).toMatchObject({ status: 'failed', error: { message: 'ask: boom' } })
        expect(silent.last().original).toMatchObject({ status: 'failed' })
        thrown.subscription.unsubscribe()
        silent.subscription.unsubscribe()
      })
    })
  })

  it('says what it cannot do without a port, and does the rest', () => {
    const { ports } = fakePorts()
    inTime((at) => {
      const view = watch(open({ sweep: ports.sweep! }, { image: 1 }))
      at(1000, () => {
        expect(view.last().can).toEqual({ predict: false, explain: false, sweep: true })
        expect(view.last().original.status).toBe('waiting')
        expect(view.last().sweeps.blur!.status).toBe('ready')
        view.subscription.unsubscribe()
      })
    })
  })

  it('leaves a whole slider movement as one step to undo', () => {
    const session = open({}, { image: 1 })
    for (let i = 1; i <= 9; i++) session.update({ pipeline: turned(i) }, { undoable: i === 1 })
    expect(session.undo()).toBe(true)
    expect(session.state.pipeline).toEqual([])
    expect(session.undo()).toBe(false)
  })

  it('is empty without an image, and cold: two subscriptions ask twice', () => {
    const { ports, log, live } = fakePorts()
    inTime((at) => {
      const empty = watch(open(ports))
      expect(empty.last()).toMatchObject({ image: null, original: { status: 'waiting' }, drift: null, classes: [] })
      const session = open(ports, { image: 1, pipeline: turned(5) })
      const first = watch(session)
      const second = watch(session)
      at(10, () => {
        expect(log.filter((l) => l === 'predict 1 original')).toHaveLength(2)
        first.subscription.unsubscribe()
        second.subscription.unsubscribe()
        empty.subscription.unsubscribe()
        expect(live.size).toBe(0)
        const emitted = first.seen.length
        session.update({ image: 2, pipeline: [] })
        expect(first.seen).toHaveLength(emitted)
      })
      at(1000, () => expect(log.filter((l) => l.startsWith('explain'))).toEqual([]))
    })
  })
})
