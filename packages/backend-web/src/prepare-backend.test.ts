import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { startAndCheck } from './check-engine.js'
import type { EngineLife } from './engine-life.js'
import { prepareBackend, type WebBackend } from './prepare-backend.js'
import { isSoftwareRenderer } from './software-renderer.js'
import { inspectAdapter } from './start-webgpu.js'

// Node has neither WebGPU nor WebGL, which is one of the cases; the others need a browser: tests/e2e/browser-backend.test.ts.
describe('prepareBackend', () => {
  it('takes WebAssembly where there is no GPU, and says why', async () => {
    expect(await prepareBackend()).toEqual({
      name: 'wasm',
      device: 'cpu',
      threads: 1,
      rejected: [
        { name: 'webgpu', reason: 'WebGPU is not available here' },
        { name: 'webgl', reason: 'WebGL 2 is not available here' },
      ],
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
    await expect(prepareBackend({ threads: 0 })).rejects.toMatchObject({ code: 'bad-input' })
    expect(tf.memory().numTensors).toBe(0)
  })

  it('passes over what it is told to avoid', async () => {
    const avoid = [{ name: 'wasm', reason: 'it stopped 2 times' }]
    const { name, rejected } = await prepareBackend({ avoid })
    expect(name).toBe('cpu')
    expect(rejected).toContainEqual(avoid[0])
    await expect(prepareBackend({ avoid, prefer: 'wasm' })).rejects.toMatchObject({
      message: 'prepareBackend: "wasm" does not work here: it stopped 2 times',
    })
  })

  it('hands over the engine that was chosen, which nothing takes away here', async () => {
    const engines: EngineLife[] = []
    await prepareBackend({ prefer: 'cpu', watch: (engine) => engines.push(engine) })
    expect(engines.map((engine) => [engine.name, engine.whyLost()])).toEqual([['cpu', undefined]])
  })
})

describe('startAndCheck', () => {
  it.each(['cpu', 'wasm'])('finds %s right', async (backend) => {
    await expect(startAndCheck(backend)).resolves.toBeUndefined()
    expect(tf.memory().numTensors).toBe(0)
  })

  it.each([
    ['Conv2D', 'a convolution gives'],
    ['Conv2DBackpropInput', 'the gradient of a convolution gives'],
  ])('finds an engine out whose %s is a little wrong', async (kernelName, message) => {
    const right = tf.getKernel(kernelName, 'cpu')
    const wrong: tf.KernelFunc = (call) => {
      const result = right.kernelFunc(call) as tf.TensorInfo
      const values = (call.backend as tf.KernelBackend).readSync(result.dataId) as Float32Array
      // What is left of a 16-bit float.
      values[values.length - 1] = Math.fround(values[values.length - 1]! * (1 + 2 ** -11))
      return result
    }
    tf.unregisterKernel(kernelName, 'cpu')
    tf.registerKernel({ ...right, kernelFunc: wrong })
    try {
      await expect(startAndCheck('cpu')).rejects.toThrow(message)
    } finally {
      tf.unregisterKernel(kernelName, 'cpu')
      tf.registerKernel(right)
    }
    expect(tf.memory().numTensors).toBe(0)
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

describe('inspectAdapter', () => {
  it('refuses adapters that compute on the CPU, by their name or because the browser says so', () => {
    expect(inspectAdapter({ vendor: 'google', architecture: 'swiftshader' })).toBe(
      'WebGPU is computed by software here (google swiftshader)',
    )
    expect(inspectAdapter({ vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.7, 256 bits)' })).toMatch(/software/)
    expect(inspectAdapter({ isFallbackAdapter: true })).toBe('WebGPU is computed by software here')
    expect(inspectAdapter({ vendor: 'nvidia', architecture: 'ampere' })).toBeUndefined()
    expect(inspectAdapter({})).toBeUndefined()
  })
})
