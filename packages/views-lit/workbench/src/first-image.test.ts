import { predictionTable, Session } from '@vatun/core'
import { describe, expect, it } from 'vitest'
import { firstImage } from './first-image.js'

function session(state = {}): Session {
  return new Session({
    subject: {
      model: {
        name: 'm',
        hash: '',
        format: 'onnx',
        input: { height: 1, width: 1, channels: 1 },
        classNames: ['cat', 'dog'],
        layers: [],
        penultimate: '',
        lastConv: '',
        output: 'logits',
      },
      dataset: { name: 'd', length: 3 },
      images: 3,
      axes: [],
    },
    ports: {},
    state,
  })
}

/** Images 4, 6, 8 of class 0: unsure but right, wrong and unsure, wrong and sure. */
const value = predictionTable(
  { indices: Int32Array.of(4, 6, 8), classes: 2, probabilities: Float32Array.of(0.5, 0.5, 0.4, 0.6, 0.1, 0.9) },
  () => 0,
)

function emitted(subject: Session): number[] {
  const seen: number[] = []
  firstImage(subject).subscribe((index) => seen.push(index))
  return seen
}

describe('firstImage', () => {
  it('is the most ambiguous wrong image, once', () => {
    const subject = session()
    const seen = emitted(subject)
    expect(seen).toEqual([])
    subject.setResults({ predictions: { status: 'ready', value } })
    subject.setResults({ predictions: { status: 'ready', value: { ...value } } })
    expect(seen).toEqual([6])
  })

  it('is the most ambiguous where all are right', () => {
    const subject = session()
    subject.setResults({ predictions: { status: 'ready', value: { ...value, predicted: value.labels } } })
    expect(emitted(subject)).toEqual([4])
  })

  it('leaves alone what the person has chosen', () => {
    const subject = session({ image: 8 })
    subject.setResults({ predictions: { status: 'ready', value } })
    expect(emitted(subject)).toEqual([])
  })
})
