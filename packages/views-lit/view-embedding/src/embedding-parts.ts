import { type EmbeddingViewState, type Session, valueSoFar } from '@vatun/core'
import { formatPercent, predictionOf, sequential } from '@vatun/view-kit'
import { html } from 'lit'
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
