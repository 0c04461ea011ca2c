import * as tf from '@tensorflow/tfjs-core'
import { applyPipeline, openRegistry, predictChanged, type Registry, type RegistrySpec, sweep } from '@vatun/augment'
import { prepareBackend } from '@vatun/backend-web'
import { type EngineContext, servePorts } from '@vatun/backend-web/worker'
import {
  type Classifier,
  type ExplainRequest,
  type ExplainResult,
  type ImageBatch,
  type ImageRef,
  type ModelSpec,
  type PredictRequest,
  type SweepRequest,
  toTensor,
} from '@vatun/core'
import { explainImage } from '@vatun/explain'
import { defer, mergeMap } from 'rxjs'
import { openModel } from '../open-model.js'
import { fetchResponse } from './fetch-bytes.js'

/** What the page tells its worker. URLs are absolute. */
export interface PageWorkerInit {
  readonly model: ModelSpec
  readonly wasmUrl: string
  readonly registry: RegistrySpec
}

interface LabelledImage {
  readonly image: ImageBatch
  /** True class; absent for uploads. */
  readonly label?: number
}

servePorts(async (init: PageWorkerInit, engine: EngineContext) => {
  const report = await prepareBackend({
    wasmUrl: init.wasmUrl,
    webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
    ...engine,
  })
  const registry = await openRegistry(init.registry)
  const classifier = await openModel(init.model)
  const images = new ImageSource()
  return {
    report,
    handlers: {
      predict: async ({ image, pipeline }: PredictRequest) => {
        const source = await images.find(image)
        return predictChanged(classifier, source.image, pipeline, source.label, registry)
      },
      explain: async (request: ExplainRequest) =>
        explain(classifier, await images.find(request.image), request, registry),
      sweep: ({ image, pipeline, axis }: SweepRequest) =>
        defer(() => images.find(image)).pipe(
          mergeMap((source) => sweep(classifier, source.image, pipeline, axis, source.label, registry)),
        ),
    },
  }
})

async function explain(
  classifier: Classifier,
  { image, label }: LabelledImage,
  request: ExplainRequest,
  registry: Registry,
): Promise<ExplainResult> {
  const context = { classifier, registry, ...(label !== undefined && { labels: [label] }) }
  const changed = tf.tidy(() => applyPipeline(toTensor(image), request.pipeline, context))
  try {
    return await explainImage(classifier, changed, request)
  } finally {
    changed.dispose()
  }
}

/** Fetches images of the data set from the server and keeps the last few: a moving slider asks for the same one again and again. */
class ImageSource {
  readonly #recent = new Map<number, Promise<LabelledImage>>()

  find(ref: ImageRef): Promise<LabelledImage> {
    if (ref.kind === 'upload') return Promise.resolve({ image: ref.image })
    let found = this.#recent.get(ref.index)
    if (!found) {
      found = fetchImage(ref.index)
      found.catch(() => this.#recent.delete(ref.index))
      this.#recent.set(ref.index, found)
      if (this.#recent.size > 32) this.#recent.delete(this.#recent.keys().next().value!)
    }
    return found
  }
}

async function fetchImage(index: number): Promise<LabelledImage> {
  const response = await fetchResponse(`/api/images?indices=${index}`)
  const [n, height, width, channels] = (response.headers.get('X-Shape') ?? '').split(',').map(Number)
  const data = new Uint8Array(await response.arrayBuffer())
  const image = { data, n: n ?? 0, height: height ?? 0, width: width ?? 0, channels: channels ?? 0 }
  return { image, label: Number(response.headers.get('X-Labels')) }
}
