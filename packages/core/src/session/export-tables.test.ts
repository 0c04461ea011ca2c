import { expect, test } from 'vitest'
import type { Axis } from '../augmentation.js'
import { predictionTable } from '../predictions.js'
import { exportTables } from './export-tables.js'
import { Session } from './session.js'

const axis: Axis = {
  name: 'blur',
  label: 'Blur',
  parameter: 'sigma',
  unit: 'px',
  min: 0,
  max: 2,
  step: 1,
  identity: 0,
  degrees: [0, 2],
}

function session(classNames: readonly string[] = ['cat, tabby', 'the "dog"', 'owl']): Session {
  const input = { height: 1, width: 1, channels: 1 }
  const model = { name: 'm', hash: '', format: 'onnx', input, layers: [], penultimate: '', lastConv: '' } as const
  const subject = { model: { ...model, classNames, output: 'logits' as const }, dataset: { name: 'd', length: 9 } }
  const own = new Session({ subject: { ...subject, images: 2, axes: [axis] }, ports: {} })
  const labels = new Map([
    [4, 0],
    [7, 1],
  ])
  const value = predictionTable(
    { indices: Int32Array.of(4, 7), probabilities: Float32Array.of(0.5, 0.25, 0.25, 0.75, 0.25, 0), classes: 3 },
    (index) => labels.get(index)!,
  )
  own.setResults({ predictions: { status: 'ready', value } })
  return own
}

const text = (own: Session, file: string, selected = false) =>
  exportTables(own, selected)
    .find((table) => table.file === file)!
    .write()

test('nothing is offered before anything is known', () => {
  const { subject } = session()
  expect(exportTables(new Session({ subject, ports: {} }))).toEqual([])
})

test('predictions are written with whole names, quoted where they have to be', () => {
  const own = session()
  expect(exportTables(own).map(({ file, content }) => `${file}: ${content}`)).toEqual([
    'predictions.csv: 2 images: true and predicted class, confidence, margin',
    'classes.csv: 2 classes: images, wrong ones, accuracy',
    'confusions.csv: 1 pair of classes that are confused',
  ])
  expect(text(own, 'predictions.csv')).toBe(
    'image,true,predicted,right,confidence,margin\r\n' +
      '4,"cat, tabby","cat, tabby",true,0.5,0.25\r\n' +
      '7,"the ""dog""","cat, tabby",false,0.75,0.5\r\n',
  )
  expect(text(own, 'classes.csv')).toBe('class,images,wrong,accuracy\r\n"cat, tabby",1,0,1\r\n"the ""dog""",1,1,0\r\n')
  expect(text(own, 'confusions.csv')).toBe('true,predicted,images\r\n"the ""dog""","cat, tabby",1\r\n')
})

test('a spreadsheet takes no class name for a formula, nor for the end of a line', () => {
  const own = session(['=HYPERLINK("http://a")', '-1+2', 'a\nb'])
  expect(text(own, 'confusions.csv')).toBe('true,predicted,images\r\n\'-1+2,"\'=HYPERLINK(""http://a"")",1\r\n')
  expect(
    text(session(['a\nb', '@x', '-']), 'classes.csv')
      .split('\r\n')
      .slice(1, 3),
  ).toEqual(['"a\nb",1,0,1', "'@x,1,1,0"])
})

test('images that come from files are written with their names', () => {
  const { subject, results } = session()
  const files = Array.from({ length: 9 }, (_, i) => `cat/${i}.png`)
  const own = new Session({ subject: { ...subject, dataset: { ...subject.dataset, files } }, ports: {} })
  own.setResults({ predictions: results.predictions })
  expect(text(own, 'predictions.csv')).toMatch(/^image,file,true,.*\r\n4,cat\/4\.png,"cat, tabby",/)
})

test('tables of images keep to the selection where that is asked for', () => {
  const own = session()
  own.select('embedding', 'one', [7])
  expect(text(own, 'predictions.csv', true).split('\r\n')).toHaveLength(3)
  expect(text(own, 'predictions.csv').split('\r\n')).toHaveLength(4)
  expect(exportTables(own, true)[0]!.content).toContain('1 selected image:')
})

test('simulations and patterns are written as far as they are known', () => {
  const own = session()
  const softmax = {
    label: Uint16Array.of(0),
    predicted: Uint16Array.of(0),
    mean: Float64Array.of(0.5, 0.25),
    halfWidth: Float64Array.of(Number.NaN, Number.NaN),
  }
  const accuracy = Float64Array.of(1, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN)
  const value = { axis, degrees: axis.degrees, classes: 3, counts: Uint32Array.of(1, 0, 0), softmax, accuracy }
  const pattern = {
    items: [
      { layer: 'a', filter: 3 },
      { layer: 'b', filter: 0 },
    ],
    images: Int32Array.of(4, 7),
    classCounts: Uint32Array.of(1, 1, 0),
  }
  own.setResults({
    simulation: { blur: { status: 'ready', value } },
    patterns: { status: 'ready', value: { images: 2, minSupport: 2, patterns: [pattern] } },
  })
  const lines = text(own, 'simulation-blur.csv').split('\r\n')
  expect(lines[0]).toBe(
    'class,images,degree,softmax,softmax_low,softmax_high,accuracy,accuracy_low,accuracy_high,flips,flips_low,flips_high,margin,margin_low,margin_high',
  )
  expect(lines).toHaveLength(6)
  expect(lines[4]).toMatch(/^"cat, tabby",1,2,0\.25,,,0,0,0\.79\d+,,,,,,$/)
  expect(text(own, 'patterns.csv')).toBe('pattern,support,filters,images\r\n1,2,a:3 b:0,4 7\r\n')
})
