import type { Tap } from '@vatun/core'
import type { NewNode } from './append-nodes.js'

/** A value of the file's graph that a layer stands for. */
export interface LayerOutput {
  readonly value: string
  /** The network sees it as a feature map `[n, channels, height, width]`; other ranks are taken as they are. */
  readonly isMap: boolean
}

/** Name of the output that every edited graph has. */
export const SCORES = 'vatun:scores'

/** Name of the output that a tap becomes; the same tap asked for twice is one output. */
export function tapName({ layer, reduce }: Tap): string {
  return `vatun:${reduce}:${layer}`
}

/**
 * The node that makes a tap's output: a reduction runs where the feature map is, and a full map leaves channels-last. Both pools
 * exist in all operator sets, and onnxruntime has them for its own layout of feature maps.
 */
export function tapNode(tap: Tap, { value, isMap }: LayerOutput): NewNode {
  const node = { input: value, output: tapName(tap) }
  if (!isMap) return { ...node, opType: 'Identity' }
  if (tap.reduce === 'none') return { ...node, opType: 'Transpose', attributes: { perm: [0, 2, 3, 1] } }
  return { ...node, opType: tap.reduce === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool' }
}

/** The node that makes the class scores an output. */
export function scoresNode(scores: string): NewNode {
  return { opType: 'Identity', input: scores, output: SCORES }
}
