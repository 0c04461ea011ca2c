import type { AnalysisSpec } from '../analysis.js'
import type { ModelSpec } from '../model-spec.js'
import { sha256 } from '../sha256.js'
import { canonicalJson } from './canonical-json.js'

/**
 * Names everything that a data-set-level result depends on, so that stored results of another model, data set, selection of
 * images, shard size or parameter are never taken for this one.
 * @returns SHA-256 of canonical JSON, 64 hex digits
 */
export function resultKey(
  spec: AnalysisSpec,
  modelHash: string,
  datasetHash: string,
  indices: ArrayLike<number>,
  shardSize: number,
): Promise<string> {
  const identity = { spec, modelHash, datasetHash, indices: Array.from(indices), shardSize }
  return sha256(new TextEncoder().encode(canonicalJson(identity)))
}

/**
 * What the description of a model says that changes its results and is seen neither in its file nor in its `ClassifierInfo`: how pixels are prepared and which
 * output is read. To be compared, and to go into the parameters of a {@link resultKey}.
 */
export function modelReading({
  preprocessing,
  output,
  outputName,
}: ModelSpec): Partial<Pick<ModelSpec, 'preprocessing' | 'output' | 'outputName'>> {
  return { preprocessing, ...(output && { output }), ...(outputName && { outputName }) }
}
