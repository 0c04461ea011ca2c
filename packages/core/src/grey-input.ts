import * as tf from '@tensorflow/tfjs-core'
import type { Step } from './tfjs-program.js'

/** First step of a model that takes grey images as `[n, height, width]`. */
export function withoutChannels(image: string, output: string): Step {
  return { label: 'the image', kernel: ([x]) => tf.squeeze(x!, [3]), inputs: [image], output }
}
