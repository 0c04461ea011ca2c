import { type EmbeddingViewState, manyClasses, type PredictionSummary, type Session, valueSoFar } from '@vatun/core'
import { formatPercent, predictionOf, sequential } from '@vatun/view-kit'
import { html } from 'lit'
import type { ClassDetail } from './confusion-table.js'
import type { HoverDetail } from './scatter-events.js'

/** Buttons that zoom; `zoomBy` gets a factor, 0 to show everything. */
export function zoomButtons(zoomBy: (factor: number) => void) {
  const buttons = [
    ['zoom-in', 'Zoom in', '+', 1.5],
    ['zoom-out', 'Zoom out', '−', 1 / 1.5],
    ['zoom-reset', 'Show all', '⤢', 0],
  ] as const
  return html`<div class="zoom">
    ${buttons.map(
      ([action, name, sign, factor]) => html`<button
        class="icon"
        data-action=${action}
        aria-label=${name}
        title=${name}
        @click=${() => zoomBy(factor)}
      >
        ${sign}
      </button>`,
    )}
  </div>`
}

/** What dragging in the map does. */
export function dragButtons(drag: 'lasso' | 'pan', choose: (drag: 'lasso' | 'pan') => void) {
  return html`<div class="segmented" role="group" aria-label="Dragging">
    ${(['lasso', 'pan'] as const).map(
      (name) => html`<button
        data-drag=${name}
        aria-pressed=${drag === name}
        title=${name === 'lasso' ? 'Drag around images to select them' : 'Drag to move the map'}
        @click=${() => choose(name)}
      >
        ${name}
      </button>`,
    )}
  </div>`
}

/** What the legend of classes needs beside the counts. */
export interface ClassLegend {
  readonly colors: readonly string[]
  /** Whether the colours mean something now. */
  readonly swatches: boolean
  /** Name of the chosen clause. */
  readonly active: string
  readonly choose: (event: CustomEvent<ClassDetail>) => void
}

/** Classes and confusions: a matrix, or lists where there are too many classes for one. */
export function classesOf(summary: PredictionSummary, { colors, swatches, active, choose }: ClassLegend) {
  return summary.classes.length > manyClasses
    ? html`<vatun-class-list .summary=${summary} .colors=${colors} ?swatches=${swatches} active=${active} @vatun-class=${choose}></vatun-class-list>`
    : html`<vatun-confusion-table .summary=${summary} .colors=${colors} ?swatches=${swatches} active=${active} @vatun-class=${choose}></vatun-confusion-table>`
}

/** The colour scale of confidence, from 0 to 1. */
export function confidenceScale(dark: boolean) {
  const stops = Array.from({ length: 9 }, (_, i) => sequential(i / 8, dark)).join(', ')
  return html`<span class="scale"
    ><span>0</span><span class="ramp" style="background:linear-gradient(to right, ${stops})"></span><span>1</span></span
  >`
}

/** The image under the pointer, in a tooltip and in words for screen readers; nothing unless it is still the hovered one. */
export function imageTip(session: Session | undefined, view: EmbeddingViewState, tip: HoverDetail | null) {
  const index = tip?.index ?? null
  if (index === null || view.hovered !== index) return html`<vatun-tooltip .at=${null}></vatun-tooltip>`
  const row = predictionOf(valueSoFar(view.predictions), index)
  const name = (c: number) => view.summary?.classes[c]?.fullName ?? String(c)
  return html`<vatun-tooltip .at=${tip}
      ><div class="tip">
        <vatun-thumbnail .session=${session} index=${index} size="64"></vatun-thumbnail>
        ${
          row
            ? html`<dl>
                <dt>true</dt>
                <dd>${name(row.label)}</dd>
                <dt>predicted</dt>
                <dd>${name(row.predicted)}</dd>
                <dt>confidence</dt>
                <dd>${formatPercent(row.confidence)}</dd>
                <dt>image</dt>
                <dd>${index}</dd>
              </dl>`
            : html`image ${index}`
        }
      </div></vatun-tooltip
    >
    <span class="visually-hidden" aria-live="polite"
      >${row ? `image ${index}: ${name(row.label)}, predicted ${name(row.predicted)}, ${formatPercent(row.confidence)}` : ''}</span
    >`
}
