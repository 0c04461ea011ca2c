import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { readScores } from './read-scores.js'

it.each([
  ['logits', undefined, undefined, 3, [-3, 2, 80, 0, 0, 0]],
  ['before softmax', 'softmax', undefined, 3, [-3, 2, 800, 0, 0, 0]],
  ['before log-softmax', 'log-softmax', undefined, 3, [-3, 2, 800, 5, 5, 5]],
  ['probabilities', undefined, 'softmax', 3, [0.2, 0.3, 0.5, 0, 0, 1]],
  ['before one sigmoid', 'sigmoid', undefined, 1, [-900, -2, 0, 3, 900]],
  ['one logit', undefined, 'logits', 1, [-900, -2, 0, 3, 900]],
  ['one probability', undefined, 'softmax', 1, [0, 1e-30, 0.25, 0.5, 1]],
] as const)('reads on the host as on the device: %s', async (_, activation, output, values, given) => {
  await tf.setBackend('cpu')
  const scores = Float32Array.from(given)
  const reading = readScores({ where: 'test', activation }, scores.subarray(0, values), output)
  const { logits, probabilities } = reading.onHost(scores)
  const [onDevice, softmax] = tf.tidy(() => {
    const tensor = reading.logits(tf.tensor(scores, [scores.length / values, values, 1]))
    expect(tensor.shape).toEqual([scores.length / values, reading.classes])
    return [tensor.dataSync<'float32'>(), tf.softmax(tensor).dataSync<'float32'>()]
  })
  expect(tf.memory().numTensors).toBe(0)
  for (const [i, logit] of onDevice.entries()) {
    expect(Math.abs(logits[i]! - logit)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(logit)))
    expect(Math.abs(probabilities[i]! - softmax[i]!)).toBeLessThan(1e-6)
  }
})
