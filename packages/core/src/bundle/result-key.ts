import type { AnalysisSpec } from '../analysis.js'
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
