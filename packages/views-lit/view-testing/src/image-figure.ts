import {
  argmax,
  type ClassifierInfo,
  type Explanation,
  type ImageBatch,
  type Loadable,
  type Pipeline,
  type PredictResult,
  type Session,
  valueSoFar,
} from '@vatun/core'
import { formatProbability, positionOf } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'
import { type RegionTool, regionIn } from './region.js'
import type { RegionDetail } from './region-editor.js'

/** One of the two images and what is said of it. */
export interface ImageFigure {
  readonly title: string
  readonly aside: string
  readonly session: Session
  readonly names: readonly string[]
  readonly colors: readonly string[]
  readonly input: ClassifierInfo['input']
  /** Data set index, for its tile of the sprite sheet while the engine works; undefined draws nothing. */
  readonly index: number | undefined
  /** Whether the session can predict. */
  readonly can: boolean
  readonly prediction: Loadable<PredictResult>
  readonly pixels: ImageBatch | undefined
  /** Null hides the heat map. */
  readonly explained: Explanation | null
  readonly scale: number
  readonly opacity: number
  /** Where regions are drawn. */
  readonly region?: {
    readonly tool: RegionTool | null
    readonly pipeline: Pipeline
    readonly draw: (event: CustomEvent<RegionDetail>) => void
    readonly end: () => void
  }
}

/** An image with its title, its heat map and its prediction. */
export function imageFigure(f: ImageFigure) {
  const { prediction, input } = f
  const outdated = prediction.status === 'running' && prediction.value !== undefined
  return html`<figure>
    <figcaption title="${f.title}${f.aside ? `: ${f.aside}` : ''}"><b>${f.title}</b> <span class="muted small">${f.aside}</span></figcaption>
    <div class="frame">
      ${
        prediction.status === 'failed'
          ? html`<vatun-state .of=${prediction} retry></vatun-state>`
          : html`<div class="stage ${outdated ? 'outdated' : ''}" style="--ratio:${input.width / input.height}">
              ${picture(f)}${regionEditor(f)}
            </div>`
      }
    </div>
    <div class="under">${verdict(f)}</div>
  </figure>`
}

function picture(f: ImageFigure) {
  const map = f.explained && valueSoFar(f.explained.map)
  if (f.pixels)
    return html`<vatun-testing-image
      .image=${f.pixels}
      .map=${map || undefined}
      .scale=${f.scale}
      .opacity=${f.opacity}
      label="${f.title} image${map ? ' with Grad-CAM' : ''}"
    ></vatun-testing-image>`
  const sheet = valueSoFar(f.session.results.sprites)
  const at = sheet && f.index !== undefined ? positionOf(sheet.indices, f.index) : undefined
  if (!sheet || at === undefined) return nothing
  const share = (tile: number, tiles: number) => (tiles > 1 ? (100 * tile) / (tiles - 1) : 0)
  const place = {
    backgroundImage: `url("${sheet.url}")`,
    backgroundSize: `${100 * sheet.columns}% ${100 * sheet.rows}%`,
    backgroundPosition: `${share(at % sheet.columns, sheet.columns)}% ${share(Math.floor(at / sheet.columns), sheet.rows)}%`,
  }
  return html`<div class="tile" style=${styleMap(place)}></div>`
}

function regionEditor({ region, input }: ImageFigure) {
  if (!region) return nothing
  return html`<vatun-testing-region
    .tool=${region.tool}
    .region=${regionIn(region.pipeline)}
    .size=${input}
    @vatun-region=${region.draw}
    @vatun-region-end=${region.end}
  ></vatun-testing-region>`
}

function verdict({ prediction, names, colors, explained, can }: ImageFigure) {
  const value = valueSoFar(prediction)
  if (!value)
    return html`<span class="muted">${can ? (prediction.status === 'failed' ? '' : 'predicting…') : 'no engine to predict'}</span>`
  const best = argmax(value.probabilities)
  const other = explained?.classIndex
  const forOther = other !== null && other !== undefined && other !== best
  return html`<span class="name" title=${names[best] ?? best}>
      <span class="swatch" style="background:${colors[best]}"></span>${names[best] ?? best}
    </span>
    ${formatProbability(value.probabilities[best]!)}
    ${forOther ? html`<span class="name muted small" title="Grad-CAM for ${names[other] ?? other}">map for ${names[other] ?? other}</span>` : nothing}`
}
