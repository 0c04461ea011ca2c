import type { Tap } from '@vatun/core'
import type { NewNode } from './append-nodes.js'

/** A value of the file's graph that a layer stands for. */
export interface LayerOutput {
  readonly value: string
  /** The network sees it as a feature map `[n, channels, height, width]`; other ranks are taken as they are. */
  readonly isMap: boolean
}

/** Names of the outputs that every edited graph has. */
export const LOGITS = 'vatun:logits'
export const PROBABILITIES = 'vatun:probabilities'

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

/** The nodes that make logits and probabilities of the value that holds the class scores `[n, classes]`. */
export function scoreNodes(scores: string, kind: 'logits' | 'before-softmax' | 'softmax'): NewNode[] {
  const toLogits = { logits: 'Identity', 'before-softmax': 'LogSoftmax', softmax: 'Log' }[kind]
  return [
    {
      opType: toLogits,
      input: scores,
      output: LOGITS,
      ...(kind === 'before-softmax' && { attributes: { axis: 1 } }),
    },
    { opType: 'Softmax', input: LOGITS, output: PROBABILITIES, attributes: { axis: 1 } },
  ]
}
