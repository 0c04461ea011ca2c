import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { prepareBackend } from './prepare-backend.js'

describe('prepareBackend', () => {
  it('takes the fastest that works and says why not a faster one', async () => {
    const report = await prepareBackend({ env: {} })
    expect(report).toEqual({
      name: 'wasm',
      device: 'cpu',
      threads: 1,
      rejected: ['tfjs-node-gpu', 'tfjs-node'].map((name) => ({
        name,
        reason: expect.stringContaining(`@tensorflow/${name}`),
      })),
    })
    expect(tf.getBackend()).toBe('wasm')
    expect(tf.memory().numTensors).toBe(0)
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
      message: expect.stringMatching(/^prepareBackend: prefer asks for "tfjs-node", but @tensorflow\/tfjs-node /),
    })
    await expect(prepareBackend({ env: { VATUN_BACKEND: 'cuda' } })).rejects.toMatchObject({
      code: 'bad-input',
      message: 'prepareBackend: VATUN_BACKEND is "cuda", expected one of tfjs-node-gpu, tfjs-node, wasm, cpu',
    })
  })
})
