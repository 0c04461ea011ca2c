import { type ClassifierInfo, convLayers, type SessionState, type TestingViewState } from '@vatun/core'
import { type ChoiceDetail, heat, layerLabel } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** Characters of a layer's name that its menu has room for. */
const longest = 12

/** What the Grad-CAM controls need to know and do. */
export interface ExplainControls {
  readonly model: ClassifierInfo
  readonly state: TestingViewState
  readonly shown: boolean
  readonly opacity: number
  readonly show: (shown: boolean) => void
  readonly setOpacity: (opacity: number) => void
  readonly choose: (explain: SessionState['explain']) => void
  readonly retry: () => void
}

/** Toggle, opacity, layer and class of the heat maps, with their common scale. */
export function explainControls(c: ExplainControls) {
  const { explain, can } = c.state
  const layers = convLayers(c.model).map((layer) => layer.name)
  const names = layers.includes(explain.layer) ? layers : [...layers, explain.layer]
  const layer = explain.layer === c.model.lastConv ? null : explain.layer
  return html`<div class="explain" role="group" aria-label="Grad-CAM">
    <button
      aria-pressed=${c.shown && can.explain}
      ?disabled=${!can.explain}
      title=${can.explain ? 'Where the evidence for the class is' : 'This engine cannot explain predictions'}
      @click=${() => c.show(!c.shown)}
    >
      Grad-CAM
    </button>
    ${
      c.shown && can.explain
        ? html`<input
              class="opacity"
              type="range"
              min="0"
              max="100"
              .value=${String(Math.round(100 * c.opacity))}
              aria-label="Opacity of the heat map"
              title="Opacity"
              @input=${(event: Event) => c.setOpacity(Number((event.target as HTMLInputElement).value) / 100)}
            />
            <label
              ><span class="muted small">layer</span>
              <select
                aria-label="Layer"
                title="Layer ${explain.layer}"
                @change=${(event: Event) => {
                  const chosen = (event.target as HTMLSelectElement).value
                  c.choose({ layer: chosen === c.model.lastConv ? null : chosen, classIndex: explain.chosenClass })
                }}
              >
                ${names.map((name) => html`<option value=${name} .selected=${name === explain.layer}>${layerLabel(c.model, name, longest)}</option>`)}
              </select></label
            >
            <label
              ><span class="muted small">class</span>
              <vatun-class-picker
                none="predicted"
                .names=${c.model.classNames}
                .value=${explain.chosenClass}
                .first=${c.state.classes.map(({ classIndex }) => classIndex)}
                @vatun-choose=${({ detail }: CustomEvent<ChoiceDetail>) => c.choose({ layer, classIndex: detail.classIndex })}
              ></vatun-class-picker></label
            >
            ${status(c)}`
        : nothing
    }
  </div>`
}

function status({ state: { explain }, retry }: ExplainControls) {
  const { original, changed } = explain
  const failed = [original.map, changed.map].find((map) => map.status === 'failed')
  if (failed?.status === 'failed')
    return html`<span class="status error" role="alert" title=${failed.error.message}>${failed.error.message}</span>
      <button @click=${retry}>Try again</button>`
  if (original.map.status === 'ready' && changed.map.status === 'ready' && explain.scale === 0)
    return html`<span class="status muted small">no evidence in this layer</span>`
  if (explain.scale === 0) {
    const busy = original.map.status === 'running' || changed.map.status === 'running'
    return busy ? html`<span class="status muted small" role="status">explaining…</span>` : nothing
  }
  const stops = [0, 0.25, 0.5, 0.75, 1].map((t) => `rgb(${heat(t).join(' ')})`)
  return html`<span class="scale small muted" title="Both maps share this scale">
    0 <i style="background:linear-gradient(to right, ${stops.join(', ')})"></i> ${formatScale(explain.scale)}
  </span>`
}

function formatScale(value: number): string {
  return value >= 1000 || value < 0.01 ? value.toExponential(0) : value.toPrecision(2)
}
