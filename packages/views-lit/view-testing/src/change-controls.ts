import { type Axis, axisValue, findStep, type Pipeline, removeStep, setAxisValue, setStep } from '@vatun/core'
import { formatMagnitude } from '@vatun/view-kit'
import { html } from 'lit'
import { type RegionFill, type RegionTool, regionIn, withRegion } from './region.js'

/** What the change controls need to know and do. */
export interface ChangeControls {
  readonly axes: readonly Axis[]
  readonly pipeline: Pipeline
  readonly tool: RegionTool | null
  readonly fill: RegionFill
  readonly disabled: boolean
  /** @param moving The name of what is being dragged, undefined for a single step. */
  readonly change: (pipeline: Pipeline, moving?: string) => void
  readonly moved: () => void
  readonly chooseTool: (tool: RegionTool | null) => void
  readonly chooseFill: (fill: RegionFill) => void
}

const flips = [
  { name: 'flipHorizontal', sign: '⇋', label: 'Flip left and right' },
  { name: 'flipVertical', sign: '⥮', label: 'Flip top and bottom' },
] as const

const tools: readonly { tool: RegionTool; sign: string; label: string }[] = [
  { tool: 'rectangle', sign: '▭', label: 'Remove a rectangle' },
  { tool: 'ellipse', sign: '◯', label: 'Remove an ellipse' },
  { tool: 'pixels', sign: '✎', label: 'Remove by hand' },
]

const fills: readonly { fill: RegionFill; label: string }[] = [
  { fill: 'black', label: 'black' },
  { fill: 'mean', label: 'mean' },
]

const order = 'Applied in this order: region, flips, rotation, hue, brightness, blur, other changes, attacks.'

/** A slider for each axis, the flips, the region tools and reset. */
export function changeControls(c: ChangeControls) {
  return html`<fieldset class="changes" ?disabled=${c.disabled}>
    <legend class="visually-hidden">Changes. ${order}</legend>
    <div class="head">
      <h3 title=${order}>Changes</h3>
      <button class="link small" ?disabled=${c.pipeline.length === 0} @click=${() => c.change([])}>Reset all</button>
    </div>
    <div class="sliders">${c.axes.map((axis) => slider(axis, c))}</div>
    <div class="switches">
      <span class="what muted small">Flip</span>
      ${flips.map(({ name, sign, label }) => {
        const on = findStep(c.pipeline, name) !== undefined
        return html`<button
          class="square"
          aria-pressed=${on}
          aria-label=${label}
          title=${label}
          @click=${() => c.change(on ? removeStep(c.pipeline, name) : setStep(c.pipeline, { name }))}
        >
          ${sign}
        </button>`
      })}
    </div>
    ${regionControls(c)}
  </fieldset>`
}

function regionControls(c: ChangeControls) {
  return html`<div class="switches">
    <span class="what muted small">Region</span>
    <span class="segmented">
      ${tools.map(
        ({ tool, sign, label }) => html`<button
          class="square"
          aria-pressed=${c.tool === tool}
          aria-label=${label}
          title="${label}: draw on the original, Esc ends"
          @click=${() => c.chooseTool(c.tool === tool ? null : tool)}
        >
          ${sign}
        </button>`,
      )}
    </span>
    <select
      aria-label="Fill of the region"
      title="Fill of the region"
      @change=${(event: Event) => c.chooseFill((event.target as HTMLSelectElement).value as RegionFill)}
    >
      ${fills.map(({ fill, label }) => html`<option value=${fill} .selected=${c.fill === fill}>${label}</option>`)}
    </select>
    <button
      class="icon last"
      aria-label="Clear the region"
      title="Clear the region"
      ?disabled=${regionIn(c.pipeline) === undefined}
      @click=${() => c.change(withRegion(c.pipeline, null))}
    >
      ↺
    </button>
  </div>`
}

function slider(axis: Axis, c: ChangeControls) {
  // 255ths are moved as whole numbers, which are exact, unlike multiples of 1/255.
  const factor = axis.in255ths ? 255 : 1
  const value = axisValue(c.pipeline, axis)
  const changed = value !== axis.identity
  const text = formatMagnitude(axis, value)
  const round = (v: number) => Number(v.toPrecision(10))
  const set = (event: Event) => Number((event.target as HTMLInputElement).value) / factor
  return html`<div class="slider">
    <span class="name" aria-hidden="true" title=${axis.label}>${axis.label}</span>
    <input
      type="range"
      min=${round(axis.min * factor)}
      max=${round(axis.max * factor)}
      step=${round(axis.step * factor)}
      .value=${String(round(value * factor))}
      aria-label=${axis.label}
      aria-valuetext=${text}
      @input=${(event: Event) => c.change(setAxisValue(c.pipeline, axis, set(event)), axis.name)}
      @change=${c.moved}
    />
    <output class=${changed ? '' : 'muted'}>${text}</output>
    <button
      class="icon"
      aria-label="Reset ${axis.label}"
      title="Reset ${axis.label}"
      ?disabled=${!changed}
      @click=${() => c.change(removeStep(c.pipeline, axis.name))}
    >
      ↺
    </button>
  </div>`
}
