import { describe, expect, it } from 'vitest'
import { transferables } from './transferables.js'

describe('transferables', () => {
  it('finds whole buffers in nested objects and arrays, each once', () => {
    const a = Float32Array.of(1)
    const b = new DataView(new ArrayBuffer(4))
    expect(transferables({ a, list: [a, { b }], n: 1, s: 'x', none: null })).toEqual([a.buffer, b.buffer])
  })

  it('leaves out parts of buffers, shared memory and empty arrays', () => {
    const whole = new Uint8Array(8)
    const shared = new Int32Array(new SharedArrayBuffer(4))
    expect(transferables([whole.subarray(1), shared, new Float64Array(0)])).toEqual([])
  })
})
