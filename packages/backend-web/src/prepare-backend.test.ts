import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { isSoftwareRenderer } from './inspect-webgl.js'
import { prepareBackend, type WebBackend } from './prepare-backend.js'

// Node has no WebGL, which is one of the cases; the others need a browser.
describe('prepareBackend', () => {
  it('takes WebAssembly where there is no WebGL, and says why', async () => {
    expect(await prepareBackend()).toEqual({
      name: 'wasm',
      device: 'cpu',
      threads: 1,
      rejected: [{ name: 'webgl', reason: 'WebGL 2 is not available here' }],
    })
    expect(tf.getBackend()).toBe('wasm')
    expect(tf.memory().numTensors).toBe(0)
  })

  it('takes the one that is asked for, or fails', async () => {
    expect(await prepareBackend({ prefer: 'cpu' })).toEqual({ name: 'cpu', device: 'cpu', threads: 1, rejected: [] })
    expect(tf.getBackend()).toBe('cpu')
    await expect(prepareBackend({ prefer: 'webgl' })).rejects.toMatchObject({
      code: 'unsupported',
      message: 'prepareBackend: "webgl" does not work here: WebGL 2 is not available here',
    })
    await expect(prepareBackend({ prefer: 'cuda' as WebBackend })).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('isSoftwareRenderer', () => {
  it.each([
    ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', true],
    ['llvmpipe (LLVM 15.0.7, 256 bits)', true],
    ['Mesa/X.org, softpipe', true],
    ['ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)', true],
    ['Apple Software Renderer', true],
    ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)', false],
    ['Apple M2', false],
    ['Mali-G78', false],
    ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)', false],
  ])('%s', (renderer, expected) => {
    expect(isSoftwareRenderer(renderer)).toBe(expected)
  })
})
