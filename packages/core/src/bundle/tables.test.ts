import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { predictionMargins } from '../predictions.js'
import {
  decodeActivations,
  decodeEmbedding,
  decodeFeatures,
  decodePatterns,
  decodePredictions,
  decodeSequences,
  decodeSimulation,
  encodeActivations,
  encodeBreaking,
  encodeEmbedding,
  encodeFeatures,
  encodePatterns,
  encodePredictions,
  encodeSequences,
  encodeSimulation,
  joinSurvey,
} from './index.js'

const int32s = (length: number) =>
  fc.int32Array({ minLength: length, maxLength: length, min: -(2 ** 31), max: 2 ** 31 - 1 })
const floats = (length: number) => fc.float32Array({ minLength: length, maxLength: length })
const doubles = (length: number) => fc.float64Array({ minLength: length, maxLength: length })
const uint16s = (length: number) => fc.uint16Array({ minLength: length, maxLength: length })
const shape = fc.tuple(fc.nat(6), fc.nat(5))

const predictionTables = shape.chain(([n, classes]) =>
  fc
    .record({
      classes: fc.constant(classes),
      indices: int32s(n),
      labels: int32s(n),
      predicted: int32s(n),
      confidence: floats(n),
      probabilities: floats(n * classes),
    })
    .map((table) => ({ ...table, margin: predictionMargins(table.probabilities, n, classes) })),
)
const axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-90, 0, 90],
}

const shares = (length: number) =>
  fc
    .array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constant(Number.NaN)), {
      minLength: length,
      maxLength: length,
    })
    .map((values) => Float64Array.from(values, (value) => value + 0))
const curves = (length: number) => {
  const rates = fc.record({ rate: shares(length), low: shares(length), high: shares(length) })
  const means = fc.record({ mean: shares(length), halfWidth: shares(length) })
  return fc.record({ accuracy: rates, flips: rates, confidence: means, margin: means })
}
/** Every class with itself, and some others. */
const softmaxMeans = (classes: number, d: number) =>
  fc.array(fc.boolean(), { minLength: classes ** 2, maxLength: classes ** 2 }).chain((listed) => {
    const pairs = [...listed.keys()].filter((i) => listed[i] || Math.floor(i / classes) === i % classes)
    return fc.record({
      label: fc.constant(Uint16Array.from(pairs, (i) => Math.floor(i / classes))),
      predicted: fc.constant(Uint16Array.from(pairs, (i) => i % classes)),
      mean: doubles(pairs.length * d),
      halfWidth: doubles(pairs.length * d),
    })
  })
const details = (classes: number, d: number) =>
  fc.nat(4).chain((n) =>
    fc.record({
      perClass: curves(classes * d),
      overall: curves(d),
      flipCounts: fc.record({
        from: uint16s(n),
        to: uint16s(n),
        degree: uint16s(n),
        count: fc.uint32Array({ minLength: n, maxLength: n }),
      }),
      worst: fc.record({
        index: int32s(n),
        label: uint16s(n),
        degree: uint16s(n),
        unchanged: shares(n).map((values) => Float32Array.from(values, (value) => Math.fround(value) + 0)),
        changed: shares(n).map((values) => Float32Array.from(values, (value) => Math.fround(value) + 0)),
        predicted: uint16s(n),
      }),
      breaking: fc.record(
        { index: int32s(n), label: uint16s(n), below: shares(n), above: shares(n), tolerance: fc.nat(9) },
        { requiredKeys: ['index', 'label', 'below', 'above'] },
      ),
    }),
  )

/** The same bytes at an address that is no multiple of 8, as small files of Node are. */
function misaligned(bytes: Uint8Array): Uint8Array {
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  return shifted.subarray(3)
}

describe('tables of a bundle', () => {
  it('keeps predictions, wherever the bytes lie', () => {
    fc.assert(
      fc.property(predictionTables, (table) => {
        const bytes = encodePredictions(table)
        expect(decodePredictions(bytes)).toEqual(table)
        expect(decodePredictions(misaligned(bytes))).toEqual(table)
      }),
    )
  })

  it('reads predictions without copying', () => {
    const bytes = encodePredictions({
      classes: 2,
      indices: Int32Array.of(0),
      labels: Int32Array.of(1),
      predicted: Int32Array.of(1),
      confidence: Float32Array.of(0.75),
      margin: Float32Array.of(0.5),
      probabilities: Float32Array.of(0.25, 0.75),
    })
    expect(decodePredictions(bytes).probabilities.buffer).toBe(bytes.buffer)
  })

  it('keeps features and activations, and joins them to the survey', () => {
    const surveys = fc.tuple(fc.nat(5), fc.nat(4), fc.nat(4), fc.nat(9)).chain(([n, classes, featureSize, filters]) =>
      fc.record({
        indices: int32s(n),
        classes: fc.constant(classes),
        probabilities: floats(n * classes),
        features: floats(n * featureSize),
        featureSize: fc.constant(featureSize),
        maxima: floats(n * filters),
        filters: fc.constant(filters),
      }),
    )
    fc.assert(
      fc.property(surveys, (survey) => {
        const features = decodeFeatures(encodeFeatures(survey))
        const activations = decodeActivations(encodeActivations(survey))
        expect(joinSurvey(survey, features, activations)).toEqual(survey)
      }),
    )
  })

  it('refuses to join files of different images', () => {
    const features = { indices: Int32Array.of(1, 2), features: new Float32Array(2), featureSize: 1 }
    const activations = { indices: Int32Array.of(1, 3), maxima: new Float32Array(2), filters: 1 }
    const predictions = { indices: Int32Array.of(1, 2), probabilities: new Float32Array(2), classes: 1 }
    expect(() => joinSurvey(predictions, features, activations)).toThrow(/different images/)
  })

  it('keeps embeddings', () => {
    const tables = fc
      .nat(6)
      .chain((n) =>
        fc.record({ method: fc.string({ unit: 'grapheme' }), indices: int32s(n), positions: floats(2 * n) }),
      )
    fc.assert(
      fc.property(tables, (table) => {
        expect(decodeEmbedding(encodeEmbedding(table))).toEqual(table)
      }),
    )
  })

  it('keeps sequences', () => {
    const tables = shape.chain(([n, l]) =>
      fc.record({
        indices: int32s(n),
        layers: fc.array(fc.string(), { minLength: l, maxLength: l }),
        filters: uint16s(n * l),
      }),
    )
    fc.assert(
      fc.property(tables, (table) => {
        expect(decodeSequences(encodeSequences(table))).toEqual(table)
      }),
    )
  })

  it('keeps patterns, also none and empty ones', () => {
    const item = fc.record({ layer: fc.string({ unit: 'grapheme' }), filter: fc.nat(511) })
    const pattern = fc.record({
      items: fc.array(item, { maxLength: 4 }),
      images: fc.nat(5).chain(int32s),
      classCounts: fc.nat(4).chain((n) => fc.uint32Array({ minLength: n, maxLength: n })),
    })
    const tables = fc.record({
      images: fc.nat(),
      minSupport: fc.nat(),
      patterns: fc.array(pattern, { maxLength: 5 }),
    })
    fc.assert(
      fc.property(tables, (table) => {
        expect(decodePatterns(encodePatterns(table))).toEqual(table)
      }),
    )
  })

  it('keeps simulations, NaN included', () => {
    const results = fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 4 })).chain(([classes, d]) =>
      fc.record(
        {
          axis: fc.constant(axis),
          degrees: fc.array(fc.integer({ min: -1800, max: 1800 }), { minLength: d, maxLength: d }),
          classes: fc.constant(classes),
          counts: fc.uint32Array({ minLength: classes, maxLength: classes, max: 3 }),
          softmax: softmaxMeans(classes, d),
          accuracy: doubles(classes * d),
          details: details(classes, d),
        },
        { requiredKeys: ['axis', 'degrees', 'classes', 'counts', 'softmax', 'accuracy'] },
      ),
    )
    fc.assert(
      fc.property(results, ({ details, ...means }) => {
        // The rate of the details is the accuracy.
        const result = details
          ? {
              ...means,
              details: {
                ...details,
                perClass: { ...details.perClass, accuracy: { ...details.perClass.accuracy, rate: means.accuracy } },
              },
            }
          : means
        expect(decodeSimulation(encodeSimulation(result))).toEqual(result)
      }),
    )
  })

  it('leaves out what a thousand classes do not have', () => {
    const classes = 1000
    const counts = new Uint32Array(classes)
    counts[3] = 1
    counts[7] = 5
    const softmax = {
      label: Uint16Array.of(3, 3, 7),
      predicted: Uint16Array.of(3, 9, 7),
      mean: Float64Array.from({ length: 9 }, (_, i) => i / 10),
      halfWidth: Float64Array.of(...Array<number>(6).fill(Number.NaN), 0.1, 0.2, 0.3),
    }
    const accuracy = new Float64Array(classes * 3).fill(Number.NaN)
    for (const t of [3, 7]) accuracy.fill(0.5, t * 3, t * 3 + 3)
    const result = { axis, degrees: axis.degrees, classes, counts, softmax, accuracy }
    const bytes = encodeSimulation(result)
    expect(bytes.length).toBeLessThan(20_000)
    expect(decodeSimulation(bytes)).toEqual(result)
  })

  it('writes a row an image for breaking magnitudes', () => {
    const one = fc.sample(details(2, 1), 1)[0]!
    const table = tableFromIPC(encodeBreaking({ axis, details: one }))
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['index', 'true', 'breaks_below', 'breaks_above'])
    expect(table.getChild('breaks_above')!.toArray()).toEqual(one.breaking.above)
    expect(tableFromIPC(encodeBreaking({ axis })).numRows).toBe(0)
  })

  it('names the kind of a wrong file and refuses damaged ones', () => {
    const embedding = encodeEmbedding({ method: 'PCA', indices: new Int32Array(0), positions: new Float32Array(0) })
    expect(() => decodePredictions(embedding)).toThrow('decode predictions: the file holds "embedding", expected')
    expect(() => decodeEmbedding(embedding.subarray(0, 40))).toThrow(/decode embedding: /)
    expect(() => decodeEmbedding(new Uint8Array(0))).toThrow(/decode embedding: /)
  })

  it('refuses columns of unequal length', () => {
    const table = { indices: Int32Array.of(1, 2), features: new Float32Array(3), featureSize: 1 }
    expect(() => encodeFeatures(table)).toThrow('encodeFeatures: 3 values do not fill [2, 1]')
  })
})
