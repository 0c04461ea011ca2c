// A worker as a user would write one, with ports that do to it what browsers do to workers.
import * as tf from '@tensorflow/tfjs-core'
import { sweep } from '@vatun/augment'
import { axes } from '@vatun/augment/axes'
import { prepareBackend } from '@vatun/backend-web'
import { servePorts } from '@vatun/backend-web/worker'
import { streamOf, toTensor, yieldToEventLoop } from '@vatun/core'
import { explainImage, gradCam } from '@vatun/explain'
import { openOnnx } from '@vatun/onnx'

servePorts(async ({ model, preferAtFirst, ...options }, engine) => {
  const prefer = preferAtFirst && engine.avoid.length === 0 ? { prefer: preferAtFirst } : {}
  const webgpu = () => import('@tensorflow/tfjs-backend-webgpu')
  const report = await prepareBackend({ wasmUrl: '/wasm/', webgpu, ...prefer, ...options, ...engine })
  const classifier = model && (await openOnnx(new URL(`/models/${model}.onnx`, self.location.href).href, preprocessing))
  return {
    report,
    handlers: {
      predict: async (n) => {
        const { probabilities } = await classifier.predict(images(n))
        return [...probabilities]
      },
      explain: async () => explain(classifier, classifier.info.lastConv),
      /** Grad-CAM at the first, a middle and the last convolution. */
      gradCams: async () => {
        const { differentiable, info } = classifier
        const convolutions = info.layers.filter(({ kind }) => kind === 'conv')
        return [0, convolutions.length >> 1, convolutions.length - 1].map((at) =>
          tf.tidy(() => [...gradCam(differentiable, toTensor(images(1)), convolutions[at].name, [3]).dataSync()]),
        )
      },
      sweep: (axis) =>
        sweep(
          classifier,
          images(1),
          [],
          axes.find(({ name }) => name === axis),
        ),
      /** How long each of some repetitions takes. */
      milliseconds: async ({ what, repeat }) => {
        const { layers, lastConv } = classifier.info
        const run = {
          predict: () => classifier.predict(images(1)),
          predict8: () => classifier.predict(images(8)),
          explainLast: () => explain(classifier, lastConv),
          explainFirst: () => explain(classifier, layers.find(({ kind }) => kind === 'conv').name),
        }[what]
        const times = []
        for (let i = 0; i < repeat; i++) {
          const start = performance.now()
          await run()
          times.push(performance.now() - start)
        }
        return times
      },
      count: (until) =>
        streamOf(async (emit, signal) => {
          for (let n = 1; n <= until && !signal.aborted; n++) {
            emit({ kind: 'value', value: n, progress: { done: n, total: until, unit: 'numbers' } })
            await yieldToEventLoop()
          }
          counted = signal.aborted
        }),
      wasCancelled: async () => counted,
      /** Answers, and then the browser takes the WebGL context or the WebGPU device away. */
      loseEngine: () =>
        streamOf(async (emit) => {
          emit({ kind: 'value', value: 'soon', progress: { done: 1, total: 2, unit: 'answers' } })
          await yieldToEventLoop()
          const { gpgpu, device } = tf.backend()
          if (gpgpu) gpgpu.gl.getExtension('WEBGL_lose_context').loseContext()
          else device.destroy()
          await new Promise(() => undefined)
        }),
      throwOutside: async () => {
        setTimeout(() => {
          throw new RangeError('out of memory')
        })
        await new Promise(() => undefined)
      },
      close: async () => {
        self.close()
        await new Promise(() => undefined)
      },
    },
  }
})

let counted

const preprocessing = { preprocessing: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] } }

/** `[n, 32, 32, 3]`, soft waves with a different phase in each. */
function images(n) {
  const data = Uint8Array.from({ length: n * 32 * 32 * 3 }, (_, i) => {
    const [image, row, column, channel] = [Math.floor(i / 3072), Math.floor(i / 96) % 32, Math.floor(i / 3) % 32, i % 3]
    return 127 + 120 * Math.sin(row / 5 + image + channel) * Math.cos(column / 7 - channel)
  })
  return { data, n, height: 32, width: 32, channels: 3 }
}

const explain = (classifier, layer) => explainImage(classifier, images(1), { method: 'grad-cam', layer, classIndex: 3 })
