import { expect, test } from 'vitest'
import type { ClassifierInfo } from '../classifier.js'
import { VatunError } from '../errors.js'
import { stateFromLink, stateToLink } from './link.js'
import { Session, selectedImages } from './session.js'

const model: ClassifierInfo = {
  name: 'net',
  hash: '00',
  format: 'onnx',
  input: { height: 32, width: 32, channels: 3 },
  classNames: ['cat', 'dog'],
  layers: [],
  penultimate: 'fc1',
  lastConv: 'conv1',
  output: 'logits',
}

const newSession = () =>
  new Session({ subject: { model, dataset: { name: 'd', length: 10 }, images: 10, axes: [] }, ports: {} })

test('a view is filtered by the clauses of the others, never by its own', () => {
  const session = newSession()
  session.select('embedding', 'four', [3, 1, 2, 4, 4])
  session.select('simulation', 'even', [2, 4, 6])
  const { selection } = session.state
  expect([...selectedImages(selection)!]).toEqual([2, 4])
  expect([...selectedImages(selection, 'simulation')!]).toEqual([1, 2, 3, 4])
  expect([...selectedImages(selection, 'embedding')!]).toEqual([2, 4, 6])
  session.clearSelection('embedding')
  expect(selectedImages(session.state.selection, 'simulation')).toBeNull()
})

test('selecting shows the first image unless the shown one is among the selected', () => {
  const session = newSession()
  session.select('network', 'pattern 1', [7, 5])
  expect(session.state.image).toBe(5)
  session.select('network', 'pattern 2', [9, 5])
  expect(session.state.image).toBe(5)
  session.select('network', 'pattern 3', [8])
  expect(session.state.image).toBe(8)
})

test('selecting nothing removes the clause', () => {
  const session = newSession()
  session.select('embedding', 'one', [1])
  session.select('embedding', '', [])
  expect(session.state.selection).toEqual([])
})

test('undo takes back choices but not hovering', () => {
  const session = newSession()
  session.update({ colorMode: 'confidence' })
  session.update({ hovered: 4 })
  session.update({ image: 2 })
  expect(session.undo()).toBe(true)
  expect(session.state).toMatchObject({ colorMode: 'confidence', hovered: 4, image: null })
  expect(session.undo()).toBe(true)
  expect(session.state.colorMode).toBe('class')
  expect(session.undo()).toBe(false)
})

test('a part of the state is emitted only when it changes', () => {
  const session = newSession()
  const seen: unknown[] = []
  session.pick('image').subscribe((image) => seen.push(image))
  session.update({ hovered: 1 })
  session.update({ image: 3 })
  session.update({ image: 3 })
  expect(seen).toEqual([null, 3])
})

test('a link restores what was chosen, without the hovered image', () => {
  const session = newSession()
  session.select('embedding', '2 selected', [1, 2])
  session.update({ pipeline: [{ name: 'rotation', degrees: 30 }], hovered: 5, colorMode: 'correctness' })
  const { hovered: _, ...chosen } = session.state
  const restored = new Session({
    subject: session.subject,
    ports: {},
    state: stateFromLink(`#${stateToLink(session.state)}`),
  })
  expect(restored.state).toEqual({ ...chosen, hovered: null })
  expect(stateToLink(newSession().state)).toBe('')
})

test('a damaged link is a clear error, a fragment of something else is none', () => {
  expect(() => stateFromLink('#s=%7Bnot')).toThrow(VatunError)
  expect(() => stateFromLink('#s=%7Bnot')).toThrow('the part after # is not a saved state')
  expect(stateFromLink('#chapter-2')).toEqual({})
  expect(stateFromLink('')).toEqual({})
})
