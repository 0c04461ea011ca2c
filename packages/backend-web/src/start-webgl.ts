import * as tf from '@tensorflow/tfjs-core'
import { startAndCheck } from './check-engine.js'
import type { EngineLife } from './engine-life.js'
import { isSoftwareRenderer } from './software-renderer.js'

const lossReason = 'the browser took its WebGL context away'

/**
 * Starts the WebGL backend.
 *
 * @param allowSoftware Takes a renderer on the CPU as well, which is far slower than WebAssembly.
 * @throws Error with one sentence when WebGL is missing, not on a GPU, not precise enough, or wrong.
 */
export async function startWebGL(allowSoftware: boolean): Promise<EngineLife> {
  const obstacle = inspectWebGL(allowSoftware)
  if (obstacle) throw new Error(obstacle)
  await import('@tensorflow/tfjs-backend-webgl')
  if (allowSoftware) tf.env().set('SOFTWARE_WEBGL_ENABLED', true)
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) throw new Error('the GPU computes with 16-bit floats only')
  await startAndCheck('webgl')
  const { gl } = (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu
  return {
    name: 'webgl',
    lost: new Promise((resolve) => gl.canvas.addEventListener('webglcontextlost', () => resolve(lossReason))),
    whyLost: () => (gl.isContextLost() ? lossReason : undefined),
  }
}

/** Why WebGL is not worth using in this page or worker, in one sentence; undefined when it is. */
function inspectWebGL(allowSoftware: boolean): string | undefined {
  const canvas = makeCanvas()
  const context = canvas?.getContext('webgl2') as WebGL2RenderingContext | null | undefined
  if (!context) return 'WebGL 2 is not available here'
  const names = context.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER))
  // Browsers allow only a few contexts at a time.
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return isSoftwareRenderer(renderer) && !allowSoftware ? `WebGL is drawn by software here (${renderer})` : undefined
}

function makeCanvas(): HTMLCanvasElement | OffscreenCanvas | undefined {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(1, 1)
  return typeof document === 'undefined' ? undefined : document.createElement('canvas')
}
