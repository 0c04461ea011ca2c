import { transferables } from '@vatun/core'
import { expect, test } from 'vitest'
import { ownArrays } from './own-arrays.js'

test('parts of buffers become arrays of their own, the rest stays', () => {
  const table = Float64Array.of(1, 2, 3, 4)
  const value = {
    name: 'a',
    part: table.subarray(1, 3),
    whole: table,
    list: [new Uint16Array(table.buffer, 8, 2)],
    none: null,
  }
  const own = ownArrays(value)
  expect(own).toEqual(value)
  expect(own.whole).toBe(table)
  expect(own.part.buffer.byteLength).toBe(16)
  expect(transferables(own)).toHaveLength(3)
  expect(transferables(value)).toHaveLength(1)
})
