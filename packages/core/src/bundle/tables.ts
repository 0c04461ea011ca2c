import { VatunError } from '../errors.js'
import { type PredictionTable, predictionMargins } from '../predictions.js'
import type { EmbeddingTable } from '../session/results.js'
import type { Survey } from '../survey.js'
import { decodeTable, encodeTable, matrixColumn, numberColumn } from './arrow-table.js'
import { matrixOf, numbersOf } from './arrow-values.js'

/** Penultimate features of a survey. */
export type FeatureTable = Pick<Survey, 'indices' | 'features' | 'featureSize'>

/** Spatial maxima of all convolution filters of a survey. */
export type ActivationTable = Pick<Survey, 'indices' | 'maxima' | 'filters'>

/** The most active filter of every layer, image by image. */
export interface SequenceTable {
  /** `[n]` data set indices. */
  readonly indices: Int32Array
  /** Names of the layers, in order of execution. */
  readonly layers: readonly string[]
  /** `[n, layers]` 0-based channel of the most active filter. */
  readonly filters: Uint16Array
}

/** Columns index, label, predicted, confidence (float32) and probabilities (list of classes float32). */
export function encodePredictions(table: PredictionTable): Uint8Array {
  const n = table.indices.length
  const columns = {
    index: numberColumn(table.indices),
    label: numberColumn(table.labels),
    predicted: numberColumn(table.predicted),
    confidence: numberColumn(table.confidence),
    probabilities: matrixColumn(table.probabilities, table.classes, n, 'encodePredictions'),
  }
  return encodeTable('predictions', columns, n)
}

/** Reverses {@link encodePredictions}; the arrays are views of the bytes. */
export function decodePredictions(bytes: Uint8Array): PredictionTable {
  const table = decodeTable('predictions', bytes)
  const { values, size } = matrixOf(table.column('probabilities'), Float32Array)
  const indices = numbersOf(table.column('index'), Int32Array)
  return {
    classes: size,
    indices,
    labels: numbersOf(table.column('label'), Int32Array),
    predicted: numbersOf(table.column('predicted'), Int32Array),
    confidence: numbersOf(table.column('confidence'), Float32Array),
    margin: predictionMargins(values, indices.length, size),
    probabilities: values,
  }
}

/** Columns index and features (list of featureSize float32). */
export function encodeFeatures(table: FeatureTable): Uint8Array {
  const n = table.indices.length
  const features = matrixColumn(table.features, table.featureSize, n, 'encodeFeatures')
  return encodeTable('features', { index: numberColumn(table.indices), features }, n)
}

/** Reverses {@link encodeFeatures}; the arrays are views of the bytes. */
export function decodeFeatures(bytes: Uint8Array): FeatureTable {
  const table = decodeTable('features', bytes)
  const { values, size } = matrixOf(table.column('features'), Float32Array)
  return { indices: numbersOf(table.column('index'), Int32Array), features: values, featureSize: size }
}

/** Columns index and activations (list of filters float32, layers in order of execution). */
export function encodeActivations(table: ActivationTable): Uint8Array {
  const n = table.indices.length
  const activations = matrixColumn(table.maxima, table.filters, n, 'encodeActivations')
  return encodeTable('activations', { index: numberColumn(table.indices), activations }, n)
}

/** Reverses {@link encodeActivations}; the arrays are views of the bytes. */
export function decodeActivations(bytes: Uint8Array): ActivationTable {
  const table = decodeTable('activations', bytes)
  const { values, size } = matrixOf(table.column('activations'), Float32Array)
  return { indices: numbersOf(table.column('index'), Int32Array), maxima: values, filters: size }
}

/** Puts a survey together again from the three files it was stored in. @throws VatunError `bad-input` when their rows differ */
export function joinSurvey(
  predictions: Pick<PredictionTable, 'indices' | 'probabilities' | 'classes'>,
  features: FeatureTable,
  activations: ActivationTable,
): Survey {
  const { indices, probabilities, classes } = predictions
  for (const other of [features.indices, activations.indices])
    if (other.length !== indices.length || other.some((index, row) => index !== indices[row]))
      throw new VatunError('bad-input', 'joinSurvey: the files hold different images, compute the survey again')
  const { features: values, featureSize } = features
  return {
    indices,
    classes,
    probabilities,
    features: values,
    featureSize,
    maxima: activations.maxima,
    filters: activations.filters,
  }
}

/** Columns index and filters (list of layers uint16); the layers' names are metadata. */
export function encodeSequences(table: SequenceTable): Uint8Array {
  const n = table.indices.length
  const filters = matrixColumn(table.filters, table.layers.length, n, 'encodeSequences')
  return encodeTable('sequences', { index: numberColumn(table.indices), filters }, n, { layers: table.layers })
}

/** Reverses {@link encodeSequences}; the arrays are views of the bytes. */
export function decodeSequences(bytes: Uint8Array): SequenceTable {
  const table = decodeTable('sequences', bytes)
  return {
    indices: numbersOf(table.column('index'), Int32Array),
    layers: table.meta.layers as string[],
    filters: matrixOf(table.column('filters'), Uint16Array).values,
  }
}

/** Columns index, x and y (float32); the projection's name is metadata. */
export function encodeEmbedding(table: EmbeddingTable): Uint8Array {
  const n = table.indices.length
  if (table.positions.length !== 2 * n)
    throw new VatunError(
      'bad-input',
      `encodeEmbedding: ${table.positions.length} values are no two-dimensional positions of ${n} images`,
    )
  const x = new Float32Array(n)
  const y = new Float32Array(n)
  for (let r = 0; r < n; r++) {
    x[r] = table.positions[2 * r]!
    y[r] = table.positions[2 * r + 1]!
  }
  const columns = { index: numberColumn(table.indices), x: numberColumn(x), y: numberColumn(y) }
  return encodeTable('embedding', columns, n, { method: table.method })
}

/** Reverses {@link encodeEmbedding}. */
export function decodeEmbedding(bytes: Uint8Array): EmbeddingTable {
  const table = decodeTable('embedding', bytes)
  const x = numbersOf(table.column('x'), Float32Array)
  const y = numbersOf(table.column('y'), Float32Array)
  const positions = new Float32Array(2 * table.length)
  for (let r = 0; r < table.length; r++) {
    positions[2 * r] = x[r]!
    positions[2 * r + 1] = y[r]!
  }
  return {
    method: table.meta.method as string,
    indices: numbersOf(table.column('index'), Int32Array),
    positions,
  }
}
