import { concat, NEVER, Observable, of, throwError } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { ClassifierInfo } from '../../classifier.js'
import { predictionTable } from '../../predictions.js'
import type { ActivationsRequest, ActivationsResult, SessionPorts } from '../ports.js'
import { Session } from '../session.js'
import { emphasise, filterAt, filterPosition, networkLayers } from './network-activations.js'
import { choosePattern, type NetworkViewState, networkView } from './network-view.js'
import { patternRows } from './pattern-rows.js'

const layer = (name: string, kind: 'conv' | 'pool', channels: number) => ({ name, kind, channels, height: 8, width: 8 })
const model: ClassifierInfo = {
  name: 'small',
  hash: '',
  format: 'onnx',
  input: { height: 8, width: 8, channels: 3 },
  classNames: ['cat', 'dog'],
  layers: [layer('conv1', 'conv', 2), layer('pool1', 'pool', 2), layer('conv2', 'conv', 3)],
  penultimate: 'conv2',
  lastConv: 'conv2',
  output: 'logits',
}
const progress = { done: 1, total: 1, unit: 'images' }
const baseline = Float32Array.of(10, 5, 1, 2, 0)
/** One image activates filter 4 (conv2 · 2), all images give the baseline. */
const answer = ({ indices }: ActivationsRequest): ActivationsResult => ({
  values: indices.length === 4 ? baseline : Float32Array.of(11, 5, 1, 1, 2),
  baseline,
})
const activations: SessionPorts['activations'] = (request) => of({ kind: 'value', value: answer(request), progress })

function open(ports: SessionPorts): Session {
  const session = new Session({
    subject: { model, dataset: { name: 'd', length: 9 }, images: 4, axes: [] },
    ports,
  })
  const table = predictionTable(
    { indices: Int32Array.of(0, 2, 4, 6), probabilities: new Float32Array(8).fill(0.5), classes: 2 },
    (index) => (index % 4) / 2,
  )
  session.setResults({ predictions: { status: 'ready', value: table } })
  return session
}

function latest(session: Session): { readonly state: NetworkViewState; stop(): void } {
  let state: NetworkViewState | undefined
  const subscription = networkView(session).subscribe((next) => {
    state = next
  })
  return {
    get state() {
      return state!
    },
    stop: () => subscription.unsubscribe(),
  }
}

describe('networkLayers', () => {
  test('numbers the filters of convolutions only', () => {
    const layers = networkLayers(model)
    expect(layers).toEqual([
      { name: 'conv1', filters: 2, start: 0 },
      { name: 'conv2', filters: 3, start: 2 },
    ])
    for (let position = 0; position < 5; position++)
      expect(filterPosition(layers, filterAt(layers, position)!)).toBe(position)
    expect(filterAt(layers, 5)).toBeNull()
    expect(filterPosition(layers, { layer: 'conv1', filter: 2 })).toBe(-1)
    expect(filterPosition(layers, { layer: 'pool1', filter: 0 })).toBe(-1)
  })
})

describe('emphasise', () => {
  const layers = networkLayers(model)

  test('compares each filter with its own baseline, in units of its layer', () => {
    const { strength, standouts, scale } = emphasise(layers, answer({ indices: [0] }), true)
    expect(standouts.map(({ layer: name, filter, excess }) => [name, filter, excess])).toEqual([
      ['conv2', 2, 1],
      ['conv1', 0, expect.closeTo(0.1)],
    ])
    expect(scale).toBe(1)
    expect([...strength]).toEqual([expect.closeTo(0.1), 0, 0, 0, 1])
  })

  test('shows the activation itself without a comparison', () => {
    const { strength } = emphasise(layers, answer({ indices: [0, 1, 2, 3] }), false)
    expect([...strength]).toEqual([1, 0.5, 0.5, 1, 0])
  })

  test('survives a layer that is never active and an empty network', () => {
    const dead = { values: new Float32Array(5), baseline: new Float32Array(5) }
    expect(emphasise(layers, dead, true)).toEqual({ strength: new Float32Array(5), scale: 0, silent: 5, standouts: [] })
    const none = { values: new Float32Array(0), baseline: new Float32Array(0) }
    expect(emphasise([], none, false).standouts).toEqual([])
  })

  test('one outlier does not dim the others', () => {
    const many = [{ name: 'c', filters: 1000, start: 0 }]
    const values = new Float32Array(1000).fill(2)
    values[7] = 1000
    const { strength, standouts } = emphasise(many, { values, baseline: new Float32Array(1000).fill(1) }, true)
    expect(strength[8]).toBe(1)
    expect(standouts[0]).toMatchObject({ filter: 7 })
    expect(standouts).toHaveLength(8)
  })
})

describe('networkView', () => {
  test('shows all images until something is selected, then what is special about the selection', () => {
    const session = open({ activations })
    const view = latest(session)
    expect(view.state.selection).toBeNull()
    expect(view.state.finding).toBe('1 filter hardly ever reacts to any image')
    session.select('embedding', '1 selected', [2])
    expect(view.state.selection).toEqual({ label: '1 selected', images: 1 })
    expect(view.state.finding).toBe('conv2 · 2 stands out most: 2.0, on average 0.0')
    session.select('simulation', 'true dog', [4])
    expect(view.state.finding).toContain('no image in common')
    expect(view.state.emphasis).toBeNull()
    view.stop()
  })

  test('asks again only for another set of images, and the latest request wins', () => {
    const asked: (readonly number[])[] = []
    let open_ = 0
    const session = open({
      activations: ({ indices }) =>
        new Observable(() => {
          asked.push(indices)
          open_++
          return () => open_--
        }),
    })
    const view = latest(session)
    session.update({ hovered: 2 })
    session.update({ image: 2 })
    session.select('embedding', '1 selected', [2])
    expect(asked).toEqual([[0, 2, 4, 6], [2]])
    expect(open_).toBe(1)
    expect(view.state.activations?.status).toBe('running')
    view.stop()
    expect(open_).toBe(0)
  })

  test('keeps the values so far while they refine', () => {
    const early = { kind: 'value' as const, value: answer({ indices: [0] }), progress: { ...progress, total: 3 } }
    const view = latest(open({ activations: () => concat(of(early), NEVER) }))
    expect(view.state.activations).toMatchObject({ status: 'running', progress: { done: 1, total: 3 } })
    expect(view.state.emphasis).not.toBeNull()
    view.stop()
  })

  test('tells a failure and recovers with the next request', () => {
    let calls = 0
    const session = open({
      activations: (request) => (calls++ === 0 ? throwError(() => new Error('gone')) : activations!(request)),
    })
    const view = latest(session)
    expect(view.state.activations).toMatchObject({ status: 'failed', error: { code: 'engine' } })
    session.select('embedding', '1 selected', [2])
    expect(view.state.activations?.status).toBe('ready')
    view.stop()
  })

  test('asks for the top images of a filter that exists', () => {
    const session = open({
      topImages: ({ count }) =>
        of({ kind: 'value', value: { indices: Int32Array.of(count), activations: Float32Array.of(1) }, progress }),
    })
    const view = latest(session)
    expect(view.state).toMatchObject({ activations: null, topImages: null })
    session.update({ filter: { layer: 'conv9', filter: 0 } })
    expect(view.state).toMatchObject({ filter: null, topImages: null })
    session.update({ filter: { layer: 'conv2', filter: 1 } })
    expect(view.state.topImages).toMatchObject({ status: 'ready', value: { indices: Int32Array.of(24) } })
    view.stop()
  })

  test('a pattern is in focus while the view selects images, if it is in the table', () => {
    const session = open({})
    const pattern = { items: [], images: Int32Array.of(2), classCounts: Uint32Array.of(0, 1) }
    session.setResults({ patterns: { status: 'ready', value: { images: 4, minSupport: 1, patterns: [pattern] } } })
    session.update({ pattern: 0 })
    session.select('network', 'pattern 1', [2])
    const view = latest(session)
    expect(view.state.pattern).toBe(0)
    session.clearSelection('network')
    expect(view.state.pattern).toBeNull()
    session.update({ pattern: 3 })
    session.select('network', 'pattern 4', [2])
    expect(view.state.pattern).toBeNull()
    view.stop()
  })
})

describe('choosePattern', () => {
  test('selects its images as one step to undo, and lets go when chosen again', () => {
    const session = open({})
    const pattern = { items: [], images: Int32Array.of(2, 6), classCounts: Uint32Array.of(1, 1) }
    session.setResults({ patterns: { status: 'ready', value: { images: 4, minSupport: 1, patterns: [pattern] } } })
    choosePattern(session, 0)
    expect(session.state).toMatchObject({ pattern: 0, selection: [{ label: 'pattern 1', indices: [2, 6] }], image: 2 })
    expect(session.undo()).toBe(true)
    expect(session.state).toMatchObject({ pattern: null, selection: [], image: null })
    expect(session.undo()).toBe(false)
    choosePattern(session, 0)
    choosePattern(session, 0)
    expect(session.state.selection).toEqual([])
  })
})

describe('patternRows', () => {
  const pattern = (images: number[], classCounts: number[], length = 1) => ({
    items: Array.from({ length }, (_, filter) => ({ layer: 'conv1', filter })),
    images: Int32Array.from(images),
    classCounts: Uint32Array.from(classCounts),
  })
  const table = {
    images: 4,
    minSupport: 1,
    patterns: [pattern([0, 1], [1, 1]), pattern([0, 1, 2], [0, 3], 2), pattern([3], [1, 0])],
  }
  const positions = (options: Parameters<typeof patternRows>[1]) =>
    patternRows(table, options).map((row) => row.position)

  test('orders and filters', () => {
    expect(positions({ order: 'recommended' })).toEqual([0, 1, 2])
    expect(positions({ order: 'support' })).toEqual([1, 0, 2])
    expect(positions({ order: 'purity' })).toEqual([1, 2, 0])
    expect(positions({ order: 'mixture' })).toEqual([0, 1, 2])
    expect(positions({ order: 'length' })).toEqual([1, 0, 2])
    expect(positions({ order: 'recommended', classIndex: 0 })).toEqual([0, 2])
    expect(positions({ order: 'purity', classIndex: 0 })).toEqual([2, 0])
    expect(positions({ order: 'recommended', image: 2 })).toEqual([1])
    expect(positions({ order: 'support', classIndex: 1, image: 3 })).toEqual([])
  })

  test('names the main class, or the one asked for', () => {
    expect(patternRows(table, { order: 'recommended' })[1]).toMatchObject({ classIndex: 1, share: 1, support: 3 })
    expect(patternRows(table, { order: 'support', classIndex: 0 })[0]).toMatchObject({ classIndex: 0, share: 0.5 })
  })
})
