import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { predictionTable } from '../../predictions.js'
import type { UploadedImage } from './testing-state.js'
import { fakePorts, image, inTime, open, watch } from './testing-view.test.data.js'

describe('image of testingView', () => {
  it('shows an upload until a data set image is chosen', () => {
    const { ports, log } = fakePorts()
    inTime((at) => {
      const session = open(ports, { image: 1 })
      const upload = new Subject<UploadedImage | null>()
      const view = watch(session, { upload })
      const name = () => (view.last().image?.kind === 'upload' ? view.last().image : view.last().image?.kind)
      at(100, () => upload.next({ name: 'mine.png', image }))
      at(200, () => {
        expect(view.last().image).toMatchObject({ kind: 'upload', name: 'mine.png' })
        expect(log).toContain('predict mine.png original')
        session.update({ image: 3 })
        expect(name()).toBe('dataset')
        upload.next({ name: 'other.png', image: { ...image } })
        expect(name()).toMatchObject({ name: 'other.png' })
        upload.next(null)
        expect(view.last().image).toEqual({ kind: 'dataset', index: 3 })
        view.subscription.unsubscribe()
      })
    })
  })

  it('steps through the selection and knows the true class', () => {
    const session = open({}, { image: 5 })
    const view = watch(session)
    const rows = { indices: Int32Array.of(2, 5, 7), probabilities: new Float32Array(9), classes: 3 }
    session.setResults({ predictions: { status: 'ready', value: predictionTable(rows, (i) => i % 3) } })
    expect(view.last().strip).toMatchObject({ selected: false, position: 1 })
    expect(view.last().label).toBe(2)
    session.select('embedding', '2 selected', [7, 5])
    expect(view.last().strip).toEqual({ indices: [5, 7], selected: true, position: 0 })
    view.subscription.unsubscribe()
  })
})
