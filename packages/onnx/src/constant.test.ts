import { describe, expect, it } from 'vitest'
import { float16ToFloat32, readConstant } from './constant.js'
import { readableNames } from './layer-names.js'
import { many, message, one } from './protobuf.js'

describe('float16ToFloat32', () => {
  it('widens every kind of value exactly', () => {
    const bits = [0x0000, 0x8000, 0x3c00, 0xc000, 0x3555, 0x0001, 0x83ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x7e00]
    const expected = [
      0,
      -0,
      1,
      -2,
      0.333251953125,
      2 ** -24,
      -1023 * 2 ** -24,
      2 ** -14,
      65504,
      Infinity,
      -Infinity,
      NaN,
    ]
    expect(Array.from(float16ToFloat32(Uint16Array.from(bits)))).toEqual(expected)
  })
})

describe('readConstant', () => {
  const empty = {
    name: 't',
    floatData: [],
    int32Data: [],
    int64Data: [],
    doubleData: [],
    externalData: [],
    dataLocation: undefined,
  }

  it('reads raw and typed data alike, at any offset in the file', () => {
    const file = new Uint8Array(11)
    file.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 3)
    const raw = readConstant({ ...empty, dims: [2], dataType: 1, rawData: file.subarray(3) }, 't')
    const typed = readConstant({ ...empty, dims: [2], dataType: 1, rawData: undefined, floatData: [1.5, -2] }, 't')
    expect(raw).toEqual(typed)
    const integers = new Uint8Array(BigInt64Array.of(-1n, 2n ** 40n).buffer)
    expect(readConstant({ ...empty, dims: [2], dataType: 7, rawData: integers }, 't').data).toEqual(
      Float64Array.of(-1, 2 ** 40),
    )
  })

  it('refuses types and sizes that do not fit', () => {
    expect(() => readConstant({ ...empty, dims: [1], dataType: 8, rawData: undefined }, 't')).toThrow(/element type 8/)
    const odd = { ...empty, dims: [1], dataType: 1, rawData: new Uint8Array(5) }
    expect(() => readConstant(odd, 't')).toThrow(/5 bytes/)
  })
})

describe('message', () => {
  const Inner = message({ text: one(1, 'string') })
  const Outer = message({ floats: many(1, 'float'), ints: many(2, 'int'), inner: many(3, Inner), last: one(4, 'int') })

  it('reads packed and unpacked numbers, negative ones, nested messages, and skips the unknown', () => {
    const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
    const bytes = [
      ...[0x0a, 4, 0, 0, 0x80, 0x3f], // floats, packed: 1
      ...[0x0d, 0, 0, 0, 0x40], // floats, not packed: 2
      ...[0x12, 11, 5, ...minusOne], // ints, packed: 5, -1
      ...[0x10, 7], // ints, not packed: 7
      ...[0x1a, 3, 0x0a, 1, 0x61], // inner: "a"
      ...[0x2a, 2, 9, 9], // unknown
      ...[0x20, 1, 0x20, 3], // last: 1, then 3
    ]
    expect(Outer.read(Uint8Array.from(bytes))).toEqual({
      floats: [1, 2],
      ints: [5, -1, 7],
      inner: [{ text: 'a' }],
      last: 3,
    })
  })

  it('throws where bytes are missing or of another type', () => {
    expect(() => Outer.read(Uint8Array.of(0x0a, 4, 0))).toThrow()
    expect(() => Outer.read(Uint8Array.of(0x18, 1))).toThrow(/inner/)
  })
})

describe('readableNames', () => {
  it('follows the documented rule', () => {
    const names = [
      ['conv1_1', 'Conv'],
      ['/blocks/blocks.3/c1/Conv', 'Conv'],
      ['/blocks/blocks.3/short/short.0/Conv', 'Conv'],
      ['/blocks/blocks.3/Add', 'Add'],
      ['/layer1/layer1.0/conv1/Conv', 'Conv'],
      ['/layer1/layer1.0/conv1/Conv_1', 'Conv'],
      ['/ReduceMean', 'ReduceMean'],
      ['/Add_1', 'Add'],
      ['', 'Gemm'],
      ['', 'Gemm'],
      ['model/features/conv', 'Conv'],
    ] as const
    expect(readableNames(names.map(([name, opType]) => ({ name, opType })))).toEqual([
      'conv1_1',
      'blocks.3.c1',
      'blocks.3.short.0',
      'blocks.3',
      'layer1.0.conv1',
      'layer1.0.conv1_2',
      'ReduceMean',
      'Add_1',
      'Gemm',
      'Gemm_2',
      'model.features.conv',
    ])
  })
})
