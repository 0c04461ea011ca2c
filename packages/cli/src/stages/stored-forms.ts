import {
  type ClassifierInfo,
  convLayers,
  type EmbeddingTable,
  type PatternTable,
  predictionTable,
  type SimulationResult,
  type Survey,
} from '@vatun/core'
import {
  decodeActivations,
  decodeEmbedding,
  decodeFeatures,
  decodePatterns,
  decodePredictions,
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
  type SequenceTable,
} from '@vatun/core/bundle'
import { sequencesOf } from '@vatun/patterns'
import type { StoredForm } from './stored-result.js'
import { type DrawnSheet, readSheet } from './thumbnails.js'

/**
 * A survey is three tables: predictions with labels, penultimate features, and the maxima of all filters. The sequences of most
 * activated filters follow from the maxima; they are written along for other tools.
 */
export function surveyForm(info: ClassifierInfo, label: (index: number) => number): StoredForm<Survey> {
  return {
    files: ['predictions.arrow', 'features.arrow', 'activations.arrow', 'sequences.arrow'],
    encode: (s) => [
      encodePredictions(predictionTable(s, label)),
      encodeFeatures(s),
      encodeActivations(s),
      encodeSequences(sequenceTable(info, s)),
    ],
    decode: ([predictions, features, activations]) =>
      joinSurvey(decodePredictions(predictions!), decodeFeatures(features!), decodeActivations(activations!)),
  }
}

function sequenceTable(info: ClassifierInfo, s: Survey): SequenceTable {
  const layers = convLayers(info)
  const { sequences, stride } = sequencesOf(s, layers)
  const filters = Uint16Array.from(sequences.flatMap((sequence) => Array.from(sequence, (item) => item % stride)))
  return { indices: s.indices, layers: layers.map((layer) => layer.name), filters }
}

export const embeddingForm = oneFile<EmbeddingTable>('embedding.arrow', encodeEmbedding, decodeEmbedding)

export const patternsForm = oneFile<PatternTable>('patterns.arrow', encodePatterns, decodePatterns)

/** The simulation with all it knows; where each image breaks is written along as a table for other tools. */
export function simulationForm(axis: string): StoredForm<SimulationResult> {
  return {
    files: [`simulation-${axis}.arrow`, `breaking-${axis}.arrow`],
    encode: (result) => [encodeSimulation(result), encodeBreaking(result)],
    decode: ([simulation]) => decodeSimulation(simulation!),
  }
}

/** The picture tells how large its tiles are. */
export function spritesForm(indices: readonly number[]): StoredForm<DrawnSheet> {
  return oneFile(
    'sprites.png',
    (drawn) => drawn.png,
    (png) => readSheet(png, indices),
  )
}

function oneFile<T>(file: string, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): StoredForm<T> {
  return { files: [file], encode: (value) => [encode(value)], decode: ([bytes]) => decode(bytes!) }
}
