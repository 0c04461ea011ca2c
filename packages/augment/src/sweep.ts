import {
  type Axis,
  type Classifier,
  checkImageBatch,
  type ImageBatch,
  type Pipeline,
  type Step,
  type SweepResult,
  streamOf,
  VatunError,
  yieldToEventLoop,
} from '@vatun/core'
import type { Observable } from 'rxjs'
import type { AugmentationContext } from './augmentation.js'
import { changeImages, disposeImages } from './change-images.js'
import type { Registry } from './create-registry.js'
import { predictDegrees } from './predict-degrees.js'
import { builtIn } from './registry.js'
import { splitPipeline } from './split-pipeline.js'

/**
 * How the prediction of one image moves over the degrees of one change while the rest of the pipeline stays. The varying step keeps its place
 * in the pipeline, or comes last when the pipeline has none of that name, so that the curve passes through what the pipeline itself gives.
 *
 * Cold: one subscription computes once, unsubscribing stops before the next forward pass. Values hold the degrees done so far, ascending;
 * the last one holds all.
 *
 * @param image n = 1.
 * @param label True class for attacks; without it the model's own prediction.
 * @param registry Where the names of steps are looked up; the built-in ones by default.
 */
export function sweep(
  classifier: Classifier,
  image: ImageBatch,
  pipeline: Pipeline,
  axis: Axis,
  label?: number,
  registry: Registry = builtIn,
): Observable<Step<SweepResult>> {
  checkOneImage(image, 'sweep')
  const known = label === undefined ? {} : { labels: [label] }
  const context: AugmentationContext = { classifier, registry, ...known }
  const { before, ...varying } = splitPipeline(pipeline, axis)
  const total = axis.degrees.length
  return streamOf(async (emit, signal) => {
    emit({ kind: 'progress', progress: { done: 0, total, unit: 'degrees' } })
    await yieldToEventLoop()
    signal.throwIfAborted()
    const start = changeImages(image, before, context)
    try {
      const rows: number[] = []
      const request = {
        classifier,
        images: start,
        axis,
        ...varying,
        signal,
        registry,
        ...known,
      }
      await predictDegrees(request, (degree, probabilities, classes) => {
        rows.push(...probabilities)
        emit({
          kind: 'value',
          value: {
            axis,
            degrees: axis.degrees.slice(0, degree + 1),
            probabilities: Float32Array.from(rows),
            classes,
          },
          progress: { done: degree + 1, total, unit: 'degrees' },
        })
      })
    } finally {
      disposeImages(start)
    }
  })
}

/** @throws VatunError `bad-input` unless the batch holds exactly one image */
export function checkOneImage(image: ImageBatch, where: string): void {
  checkImageBatch(image, where)
  if (image.n !== 1) throw new VatunError('bad-input', `${where}: ${image.n} images, expected exactly one`)
}
