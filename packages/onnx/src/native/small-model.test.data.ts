import { type TestNode, writeModel } from './write-model.test.data.js'

/** Deterministic values that are not symmetric in any way. */
export const values = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 + seed))

/** Images of 4 × 6 pixels; a convolution, the mean over the map, a dense layer with three outputs, and what is appended. */
export function smallModel(
  tail: readonly TestNode[] = [],
  batch: number | string = 'n',
  opset?: number,
  location?: string,
): Uint8Array {
  const nodes: TestNode[] = [
    { opType: 'Conv', inputs: ['x', 'filters'], output: 'conv', attributes: { pads: [1, 1, 1, 1] } },
    { opType: 'Relu', inputs: ['conv'], output: 'relu' },
    { opType: 'GlobalAveragePool', inputs: ['relu'], output: 'pool' },
    { opType: 'Flatten', inputs: ['pool'], output: 'flat' },
    { opType: 'Gemm', inputs: ['flat', 'weights', 'bias'], output: 'dense' },
    ...tail,
  ]
  const initializers = [
    { name: 'filters', dims: [5, 3, 3, 3], values: values(135, 1), ...(location !== undefined && { location }) },
    // One of the first two outputs is positive for every image.
    { name: 'weights', dims: [5, 3], values: values(5, 2).flatMap((v, i) => [40 * v, -40 * v, 30 * values(5, 6)[i]!]) },
    { name: 'bias', dims: [3], values: [0.5, -0.2, 0.3] },
    { name: 'three', dims: [1], values: [3] },
  ]
  return writeModel([batch, 3, 4, 6], nodes, initializers, opset)
}

/** How to open {@link smallModel}. */
export const small = { name: 'small', classNames: ['a', 'b', 'c'], preprocessing: 'none' } as const

/** Images for {@link smallModel}. */
export const bytesBatch = (n: number) => ({
  data: Uint8Array.from(values(n * 72, 3), (v) => Math.round((v + 1) * 127.5)),
  n,
  height: 4,
  width: 6,
  channels: 3,
})

/** The same images in [0, 1]. */
export const floatsBatch = (n: number) => {
  const batch = bytesBatch(n)
  return { ...batch, data: Float32Array.from(batch.data, (v) => v / 255) }
}
