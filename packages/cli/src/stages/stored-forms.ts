import {
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
  encodeEmbedding,
  encodeFeatures,
  encodePatterns,
  encodePredictions,
  encodeSimulation,
  joinSurvey,
} from '@vatun/core/bundle'
import type { StoredForm } from './stored-result.js'

/** A survey is three tables: predictions with labels, penultimate features, and the maxima of all filters. */
export function surveyForm(label: (index: number) => number): StoredForm<Survey> {
  return {
    files: ['predictions.arrow', 'features.arrow', 'activations.arrow'],
    encode: (s) => [encodePredictions(predictionTable(s, label)), encodeFeatures(s), encodeActivations(s)],
    decode: ([predictions, features, activations]) =>
      joinSurvey(decodePredictions(predictions!), decodeFeatures(features!), decodeActivations(activations!)),
  }
}

export const embeddingForm = oneFile<EmbeddingTable>('embedding.arrow', encodeEmbedding, decodeEmbedding)

export const patternsForm = oneFile<PatternTable>('patterns.arrow', encodePatterns, decodePatterns)

export function simulationForm(axis: string): StoredForm<SimulationResult> {
  return oneFile(`simulation-${axis}.arrow`, encodeSimulation, decodeSimulation)
}

function oneFile<T>(file: string, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): StoredForm<T> {
  return { files: [file], encode: (value) => [encode(value)], decode: ([bytes]) => decode(bytes!) }
}
