import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { prepareBackend } from './prepare-backend.js'

describe('prepareBackend', () => {
  it('takes the first that works and says why not one before it', async () => {
    const report = await prepareBackend({ env: {} })
    expect(report).toEqual({
      name: 'wasm',
      device: 'cpu',
      threads: 1,
      rejected: [
        { name: 'tfjs-node-gpu', reason: expect.stringContaining('@tensorflow/tfjs-node-gpu') },
        { name: 'tfjs-node', reason: expect.stringContaining('@tensorflow/tfjs-node') },
        { name: 'onnxruntime', reason: 'it runs ONNX models only' },
      ],
    })
    expect(tf.getBackend()).toBe('wasm')
    expect(tf.memory().numTensors).toBe(0)
  })

  it('takes onnxruntime for ONNX models, with wasm beside it for gradients', async () => {
    const report = await prepareBackend({ env: {}, format: 'onnx', threads: 1 })
    expect(report).toMatchObject({ name: 'onnxruntime', device: 'cpu', provider: 'cpu', gradients: 'wasm', threads: 1 })
    expect(report.rejected.map(({ name }) => name)).toEqual(expect.arrayContaining(['tfjs-node-gpu', 'tfjs-node']))
    expect(tf.getBackend()).toBe('wasm')
    for (const format of ['tfjs-layers', 'tfjs-graph'] as const)
      expect(await prepareBackend({ env: {}, format })).toMatchObject({ name: 'wasm' })
  })

  it('takes the one that is asked for', async () => {
    expect(await prepareBackend({ env: { VATUN_BACKEND: 'cpu' } })).toMatchObject({ name: 'cpu', rejected: [] })
    expect(tf.getBackend()).toBe('cpu')
    expect(await prepareBackend({ prefer: 'wasm', env: { VATUN_BACKEND: 'cpu' } })).toMatchObject({ name: 'wasm' })
    expect(tf.getBackend()).toBe('wasm')
  })

  it('is an error, not a fallback, when that does not work', async () => {
    await expect(prepareBackend({ prefer: 'tfjs-node', env: {} })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^engine tfjs-node: asked for, but @tensorflow\/tfjs-node /),
    })
    await expect(
      prepareBackend({ format: 'tfjs-layers', env: { VATUN_BACKEND: 'onnxruntime' } }),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message:
        'engine onnxruntime: asked for by VATUN_BACKEND, but it runs ONNX models only, this one is tfjs-layers; leave the choice to VATUN or ask for another',
    })
    await expect(prepareBackend({ env: { VATUN_BACKEND: 'cuda' } })).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'prepareBackend: VATUN_BACKEND is "cuda", expected one of tfjs-node-gpu, tfjs-node, onnxruntime, wasm, cpu',
    })
  })
})
