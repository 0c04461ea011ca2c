import { expect, test } from 'vitest'
import { predictionTable } from '../../predictions.js'
import { Session } from '../session.js'
import { classRows, confusionRows } from './class-rows.js'
import { summarisePredictions } from './embedding-summary.js'
import { focusedClasses } from './focused-classes.js'

const classNames = ['husky, Canis', 'cat', 'tabby cat, Felis', 'owl', 'crane']
/** True and predicted class of each image; there is no crane. */
const images = [
  [0, 0],
  [0, 1],
  [0, 1],
  [1, 1],
  [1, 1],
  [1, 2],
  [2, 2],
  [3, 0],
] as const
const table = predictionTable(
  {
    indices: Int32Array.from(images, (_, i) => 10 + i),
    probabilities: Float32Array.from(images.flatMap(([, p]) => classNames.map((_, c) => (c === p ? 0.8 : 0.05)))),
    classes: classNames.length,
  },
  (index) => images[index - 10]![0],
)
const summary = summarisePredictions(table, classNames)
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name)

test('classes with images come in the order asked for', () => {
  expect(names(classRows(summary, 'most wrong'))).toEqual(['husky', 'owl', 'cat', 'tabby cat'])
  expect(names(classRows(summary, 'least accurate'))).toEqual(['owl', 'husky', 'cat', 'tabby cat'])
  expect(names(classRows(summary, 'most images'))).toEqual(['husky', 'cat', 'owl', 'tabby cat'])
  expect(names(classRows(summary, 'name'))).toEqual(['cat', 'husky', 'owl', 'tabby cat'])
})

test('a search keeps classes by their whole name, and pairs by either class', () => {
  expect(names(classRows(summary, 'name', 'felis'))).toEqual(['tabby cat'])
  expect(classRows(summary, 'name', 'zebra')).toEqual([])
  expect(confusionRows(summary).map(({ label, predicted, count }) => [label, predicted, count])).toEqual([
    [0, 1, 2],
    [1, 2, 1],
    [3, 0, 1],
  ])
  expect(confusionRows(summary, 'canis').map(({ label, predicted }) => [label, predicted])).toEqual([
    [0, 1],
    [3, 0],
  ])
})

test('what a person looks at is in focus: image, class and a selection of few classes', () => {
  const layers = { layers: [], penultimate: '', lastConv: '', output: 'logits' } as const
  const input = { height: 1, width: 1, channels: 1 }
  const many = Array.from({ length: 30 }, (_, c) => `class ${c}`)
  const session = new Session({
    subject: {
      model: { name: 'm', hash: '', format: 'onnx', input, classNames: many, ...layers },
      dataset: { name: 'd', length: 40 },
      images: 30,
      axes: [],
    },
    ports: {},
  })
  const wide = predictionTable(
    {
      indices: Int32Array.from(many, (_, i) => i),
      probabilities: Float32Array.from(many.flatMap((_, i) => many.map((_, c) => (c === (i + 1) % 30 ? 1 : 0)))),
      classes: 30,
    },
    (index) => index,
  )
  const seen: (readonly number[])[] = []
  const subscription = focusedClasses(session).subscribe((classes) => seen.push(classes))
  session.setResults({ predictions: { status: 'ready', value: wide } })
  session.update({ image: 4 })
  expect(seen.at(-1)).toEqual([4, 5])
  session.update({ trueClass: 9, hovered: 3 })
  expect(seen.at(-1)).toEqual([9, 4, 5])
  session.select('embedding', 'some', [5, 20])
  expect(seen.at(-1)).toEqual([9, 5, 6, 20])
  const before = seen.length
  session.select('embedding', 'many', many.keys())
  expect(seen.at(-1)).toEqual([9, 5, 6])
  session.update({ hovered: 7 })
  expect(seen).toHaveLength(before + 1)
  subscription.unsubscribe()
})
