import type { ImageBatch, Loadable, PredictResult, Session, TestingViewState } from '@vatun/core'
import { valueSoFar } from '@vatun/core'
import { html } from 'lit'
import { type ImageFigure, imageFigure } from './image-figure.js'

/** What the two images need to know and do. */
export interface ImagePair {
  readonly session: Session
  readonly state: TestingViewState
  readonly names: readonly string[]
  readonly colors: readonly string[]
  /** Whether heat maps are shown. */
  readonly showMap: boolean
  readonly opacity: number
  readonly region: Pick<NonNullable<ImageFigure['region']>, 'tool' | 'draw' | 'end'>
}

/** The original and the changed image side by side. */
export function imagePair({ session, state, names, colors, showMap, opacity, region }: ImagePair) {
  const { image, label, pipeline, original, changed, explain, can } = state
  const isChanged = pipeline.length > 0
  const source = pixelsOf(state, original)
  const index = image?.kind === 'dataset' ? image.index : undefined
  const { model, dataset } = session.subject
  const truth = label === null ? undefined : `true: ${names[label] ?? label}`
  const file = index === undefined ? undefined : dataset.files?.[index]
  const shared = { session, names, colors, input: model.input, scale: explain.scale, opacity, can: can.predict }
  const mapOf = (prediction: Loadable<unknown>, explained: TestingViewState['explain']['original']) =>
    showMap && prediction.status !== 'failed' ? explained : null
  return html`<div class="images">
    ${imageFigure({
      ...shared,
      title: 'Original',
      aside: [truth, file].filter((part) => part !== undefined).join(' · '),
      prediction: original,
      pixels: source,
      index,
      explained: mapOf(original, explain.original),
      region: { ...region, pipeline },
    })}
    ${imageFigure({
      ...shared,
      title: 'Changed',
      aside: isChanged ? '' : 'nothing yet',
      prediction: changed,
      pixels: isChanged ? valueSoFar(changed)?.image : source,
      index: isChanged ? undefined : index,
      explained: mapOf(changed, explain.changed),
    })}
  </div>`
}

/** What there is to see of the original: what the model saw, or what was uploaded. */
function pixelsOf({ image }: TestingViewState, prediction: Loadable<PredictResult>): ImageBatch | undefined {
  return valueSoFar(prediction)?.image ?? (image?.kind === 'upload' ? image.image : undefined)
}
