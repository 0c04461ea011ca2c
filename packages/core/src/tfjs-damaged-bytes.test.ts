import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { VatunError } from './index.js'
import { undamagedFiles, writeAndOpen } from './tfjs-files.test.data.js'

let files: ReturnType<typeof undamagedFiles>
beforeAll(async () => {
  await tf.setBackend('cpu')
  files = undamagedFiles()
})
afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe('any damage ends in a VatunError or a model, and leaves nothing on the device', () => {
  async function survives(kind: keyof typeof files, json: Uint8Array, weights: Uint8Array): Promise<void> {
    try {
      const classifier = await writeAndOpen(kind === 'layers' ? 'layers' : 'graph', json, weights)
      classifier.dispose()
    } catch (error) {
      if (!(error instanceof VatunError)) throw error
      expect(['bad-input', 'unsupported', 'not-found', 'io'], error.message).toContain(error.code)
    }
    expect(tf.memory().numTensors).toBe(0)
  }

  const flips = fc.array(fc.tuple(fc.nat(1 << 20), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
  const damage = (bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array => {
    const damaged = bytes.slice()
    for (const [at, mask] of changes) damaged[at % damaged.length]! ^= mask
    return damaged
  }
  const runs = { numRuns: 60 }

  describe.each(['layers', 'graph', 'branches'] as const)('%s', (kind) => {
    const bytes = () => new TextEncoder().encode(files[kind].json)

    it('truncated', () =>
      fc.assert(
        fc.asyncProperty(fc.nat(1 << 20), fc.boolean(), (end, ofWeights) => {
          const { weights } = files[kind]
          const cut = (all: Uint8Array) => all.subarray(0, end % all.length)
          return ofWeights ? survives(kind, bytes(), cut(weights)) : survives(kind, cut(bytes()), weights)
        }),
        { numRuns: 20 },
      ))

    it('with flipped bits in the description', () =>
      fc.assert(
        fc.asyncProperty(flips, (changes) => survives(kind, damage(bytes(), changes), files[kind].weights)),
        runs,
      ))

    it('with flipped bits in the weights', () =>
      fc.assert(
        fc.asyncProperty(flips, (changes) => survives(kind, bytes(), damage(files[kind].weights, changes))),
        { numRuns: 20 },
      ))

    it('with numbers replaced in the description', () =>
      fc.assert(
        fc.asyncProperty(
          fc.nat(1000),
          fc.constantFrom('0', '-1', '1e12', '65536', 'null', '[]', '""'),
          (which, value) => {
            const numbers = Array.from(files[kind].json.matchAll(/(?<=[:[,]"?)-?\d+(\.\d+)?(?="?[\],}])/g))
            const { index, 0: text } = numbers[which % numbers.length]!
            const json = files[kind].json.slice(0, index) + value + files[kind].json.slice(index + text.length)
            return survives(kind, new TextEncoder().encode(json), files[kind].weights)
          },
        ),
        runs,
      ))
  })
})
