import type { GraphNode } from './graph-node.js'

/** Names that older TensorFlow models give to inputs that tell whether they are being trained. */
const SETTING =
  /(^|\/|_)(keep_?prob\w*|keras_learning_phase|((is_?)?train(ing)?|phase)(_?(phase|train|mode|flag))?|drop(out)?(_?(rate|prob))?)(_\d+)?$/i

/**
 * The value, outside of training, of an input that only tells whether the model is being trained: false, a dropout of 0, or 1 for the share that a
 * dropout keeps.
 *
 * @returns undefined for what may be an image.
 */
export function settingOf({ name, attributes }: Pick<GraphNode, 'name' | 'attributes'>): number | undefined {
  if (attributes.type('dtype', 'DT_FLOAT') === 'DT_BOOL') return 0
  const rank = attributes.shape('shape')?.length ?? 0
  if (rank > 0 || !SETTING.test(name)) return undefined
  return /keep/i.test(name) ? 1 : 0
}
