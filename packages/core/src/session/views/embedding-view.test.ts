import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { predictionTable } from '../../predictions.js'
import { Session } from '../session.js'
import { embeddingPoints, neighbourTowards } from './embedding-points.js'
import { selectClassInEmbedding, selectInEmbedding, selectWrongInEmbedding } from './embedding-selection.js'
import { describeSummary, summarisePredictions } from './embedding-summary.js'
import { type EmbeddingViewState, embeddingView } from './embedding-view.js'

const classNames = ['cat', 'dog', 'ship']
const labels = new Map([
  [10, 0],
  [3, 0],
  [7, 1],
  [5, 2],
])
const table = predictionTable(
  {
    indices: Int32Array.of(10, 3, 7, 5),
    classes: 3,
    probabilities: Float32Array.of(0.75, 0.25, 0, 0.375, 0.5, 0.125, 0.5, 0.25, 0.25, 0, 0, 1),
  },
  (index) => labels.get(index)!,
)
const layout = {
  method: 't-SNE',
  indices: Int32Array.of(5, 7, 3, 10),
  positions: Float32Array.of(-10, 0, 0, 5, 10, 0, 0, -5),
}

function session(): Session {
  return new Session({
    subject: {
      model: {
        name: 'm',
        hash: '',
        format: 'onnx',
        input: { height: 1, width: 1, channels: 1 },
        classNames,
        layers: [],
        penultimate: '',
        lastConv: '',
        output: 'logits',
      },
      dataset: { name: 'd', length: 20 },
      images: 4,
      axes: [],
    },
    ports: {},
  })
}

function watch(subject: Session): { states: EmbeddingViewState[]; last: () => EmbeddingViewState; stop: () => void } {
  const states: EmbeddingViewState[] = []
  const subscription = embeddingView(subject).subscribe((state) => states.push(state))
  return { states, last: () => states.at(-1)!, stop: () => subscription.unsubscribe() }
}

describe('summarisePredictions', () => {
  it('counts, confuses and orders by margin', () => {
    const summary = summarisePredictions(table, classNames)
    expect(summary.classes.map(({ name, images, wrong }) => [name, images, wrong])).toEqual([
      ['cat', 2, 1],
      ['dog', 1, 1],
      ['ship', 1, 0],
    ])
    expect(summary.confused).toEqual([
      { label: 0, predicted: 1, count: 1 },
      { label: 1, predicted: 0, count: 1 },
    ])
    expect(summary.mostConfused).toEqual({ a: 0, b: 1, count: 2 })
    expect([...summary.byMargin]).toEqual([3, 7, 10, 5])
    expect(describeSummary(summary)).toBe('2 of 4 wrong; cat ↔ dog most confused (2).')
  })

  it('has words for nothing and for no errors', () => {
    const empty = predictionTable(
      { indices: new Int32Array(0), probabilities: new Float32Array(0), classes: 3 },
      () => 0,
    )
    expect(describeSummary(summarisePredictions(empty, classNames))).toBe('No images analysed.')
    const one = predictionTable({ indices: Int32Array.of(0), probabilities: Float32Array.of(1), classes: 1 }, () => 0)
    expect(describeSummary(summarisePredictions(one, []))).toBe('All 1 right.')
  })
})

describe('embeddingPoints', () => {
  it('joins by index and scales both axes alike', () => {
    const points = embeddingPoints(layout, table)
    expect([...points.indices]).toEqual([5, 7, 3, 10])
    expect([...points.x]).toEqual([0, 0.5, 1, 0.5])
    expect([...points.y]).toEqual([0.5, 0.75, 0.5, 0.25])
    expect([...points.labels]).toEqual([2, 1, 0, 0])
    expect([...points.predicted]).toEqual([2, 0, 1, 0])
    expect([...points.confidence]).toEqual([1, 0.5, 0.5, 0.75])
  })

  it('marks missing predictions, leaves out positions that are not finite, bears one point and none', () => {
    const broken = { ...layout, positions: Float32Array.of(Number.NaN, 0, 1, 1, Number.POSITIVE_INFINITY, 0, 1, 1) }
    const points = embeddingPoints(broken, undefined)
    expect([...points.indices]).toEqual([7, 10])
    expect([...points.x, ...points.y]).toEqual([0.5, 0.5, 0.5, 0.5])
    expect([...points.labels]).toEqual([-1, -1])
    expect([...points.confidence]).toEqual([Number.NaN, Number.NaN])
    expect(
      embeddingPoints({ method: '', indices: new Int32Array(0), positions: new Float32Array(0) }, table).x,
    ).toHaveLength(0)
  })

  it('keeps every position in 0…1', () => {
    const positions = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
      minLength: 2,
      maxLength: 40,
    })
    fc.assert(
      fc.property(positions, (values) => {
        const n = Math.floor(values.length / 2)
        const indices = Int32Array.from({ length: n }, (_, i) => i)
        const points = embeddingPoints({ method: '', indices, positions: Float32Array.from(values) }, undefined)
        for (const v of [...points.x, ...points.y]) {
          expect(v).toBeGreaterThanOrEqual(-1e-6)
          expect(v).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
    )
  })
})

describe('neighbourTowards', () => {
  const points = embeddingPoints(layout, table)

  it('walks towards the arrow and stays where nothing follows', () => {
    expect(neighbourTowards(points, 0, 'right')).toBe(1)
    expect(neighbourTowards(points, 1, 'down')).toBe(3)
    expect(neighbourTowards(points, 2, 'right')).toBe(2)
    expect([1, 3]).toContain(neighbourTowards(points, null, 'up'))
    expect(neighbourTowards({ x: new Float32Array(0), y: new Float32Array(0) }, null, 'up')).toBeNull()
  })
})

describe('embeddingView', () => {
  it('starts with nothing, then shows results as they come', () => {
    const subject = session()
    const { last, stop } = watch(subject)
    expect(last()).toMatchObject({ points: null, summary: null, finding: 'No predictions yet.', ambiguous: [] })
    subject.setResults({ predictions: { status: 'ready', value: table } })
    expect(last()).toMatchObject({ points: null, finding: '2 of 4 wrong; cat ↔ dog most confused (2).' })
    subject.setResults({ embedding: { status: 'ready', value: layout } })
    expect(last().points?.indices).toHaveLength(4)
    stop()
  })

  it('keeps the joined points while only the state moves', () => {
    const subject = session()
    subject.setResults({
      predictions: { status: 'ready', value: table },
      embedding: { status: 'ready', value: layout },
    })
    const { last, stop } = watch(subject)
    const { points, summary } = last()
    subject.update({ hovered: 3 })
    subject.update({ colorMode: 'confidence' })
    expect(last()).toMatchObject({ hovered: 3, colorMode: 'confidence' })
    expect(last().points).toBe(points)
    expect(last().summary).toBe(summary)
    stop()
  })

  it('is not filtered by itself, but by the other views', () => {
    const subject = session()
    subject.setResults({ predictions: { status: 'ready', value: table } })
    const { last, stop } = watch(subject)
    subject.select('embedding', 'one', [10])
    expect([...last().emphasised!]).toEqual([10])
    expect(last().ambiguous).toEqual([3, 7, 10, 5])
    subject.select('network', 'pattern 1', [7, 10])
    expect([...last().emphasised!]).toEqual([10])
    expect(last().ambiguous).toEqual([7, 10])
    stop()
  })

  it('emits nothing after unsubscribing', () => {
    const subject = session()
    const { states, stop } = watch(subject)
    stop()
    const seen = states.length
    subject.update({ hovered: 1 })
    expect(states).toHaveLength(seen)
  })
})

describe('selecting in the embedding', () => {
  it('replaces and adds', () => {
    const subject = session()
    selectInEmbedding(subject, [7], 'replace')
    expect(subject.state.selection).toEqual([{ source: 'embedding', label: 'image 7', indices: [7] }])
    selectInEmbedding(subject, [3, 7], 'add')
    expect(subject.state.selection).toEqual([{ source: 'embedding', label: '2 selected', indices: [3, 7] }])
    expect(subject.state.image).toBe(7)
    selectInEmbedding(subject, [], 'replace')
    expect(subject.state.selection).toEqual([])
  })

  it('selects classes, cells and errors, and takes them back when asked again', () => {
    const subject = session()
    selectWrongInEmbedding(subject)
    expect(subject.state.selection).toEqual([])
    subject.setResults({ predictions: { status: 'ready', value: table } })
    selectClassInEmbedding(subject, 0)
    expect(subject.state.selection).toEqual([{ source: 'embedding', label: 'cat', indices: [3, 10] }])
    selectClassInEmbedding(subject, 0, 1)
    expect(subject.state.selection).toEqual([{ source: 'embedding', label: 'cat → dog', indices: [3] }])
    selectWrongInEmbedding(subject)
    expect(subject.state.selection[0]?.indices).toEqual([3, 7])
    selectWrongInEmbedding(subject)
    expect(subject.state.selection).toEqual([])
  })
})
