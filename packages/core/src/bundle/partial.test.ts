import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from './crc32.js'
import { decodePartial, encodePartial } from './partial.js'

const typedArray = fc.oneof(
  fc.int8Array(),
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
)
const { partial } = fc.letrec((tie) => ({
  partial: fc.oneof(
    { maxDepth: 4 },
    fc.double(),
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    typedArray,
    fc.array(tie('partial'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('o', 't', 'n', 'u', '__proto__')), tie('partial'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}))

describe('partials on disk', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(partial, (value) => {
        expect(decodePartial(encodePartial(value))).toStrictEqual({ partial: value })
      }),
    )
  })

  it('come back from bytes at any address', () => {
    const value = { weights: Float64Array.of(1, Number.NaN), names: ['a'] }
    const bytes = new Uint8Array(encodePartial(value).length + 1)
    bytes.set(encodePartial(value), 1)
    expect(decodePartial(bytes.subarray(1))).toEqual({ partial: value })
  })

  it('are not taken when truncated, extended or changed anywhere', () => {
    const bytes = encodePartial({ counts: Uint32Array.of(1, 2, 3), label: 'cat' })
    for (let length = 0; length < bytes.length; length++)
      expect(decodePartial(bytes.subarray(0, length))).toBeUndefined()
    expect(decodePartial(Uint8Array.of(...bytes, 0))).toBeUndefined()
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice()
      changed[i]! ^= 1
      expect(decodePartial(changed)).toBeUndefined()
    }
  })

  it('must be plain', () => {
    expect(() => encodePartial({ a: [new Map()] })).toThrow(
      'encodePartial: partial.a[0] is a Map, expected plain objects',
    )
    expect(() => encodePartial({ a: () => 1 })).toThrow('partial.a is a function')
  })

  it('agrees with the CRC-32 of zlib', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes))
      }),
    )
  })
})
