import { arc, type PieArcDatum, pie } from 'd3-shape'
import { css, html, nothing, svg } from 'lit'
import { property } from 'lit/decorators.js'
import { formatCount } from './format.js'
import { VatunElement } from './vatun-element.js'

/**
 * Shares of a whole as a small pie, the largest first from twelve o'clock.
 *
 * @element vatun-pie
 */
export class VatunPie extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
        line-height: 0;
        /* Nothing to draw again in another theme. */
        transition: none;
      }
      path {
        stroke: var(--_bg);
        stroke-width: 0.75;
      }
    `,
  ]

  /** ≥ 0. */
  @property({ attribute: false }) values: ArrayLike<number> = []
  @property({ attribute: false }) colors: readonly string[] = []
  @property({ attribute: false }) labels: readonly string[] = []
  /** Diameter in CSS pixels. */
  @property({ type: Number }) size = 32

  protected override render() {
    const entries = Array.from(this.values, (value, i) => ({ value, i })).filter(({ value }) => value > 0)
    if (entries.length === 0) return nothing
    const r = this.size / 2
    const slices = pie<(typeof entries)[number]>().value(({ value }) => value)(entries)
    const shape = arc<PieArcDatum<(typeof entries)[number]>>().innerRadius(0).outerRadius(r)
    const text = entries
      .sort((a, b) => b.value - a.value)
      .map(({ value, i }) => `${this.labels[i] ?? i} ${formatCount(value)}`)
      .join(', ')
    return html`<svg width=${this.size} height=${this.size} viewBox="${-r} ${-r} ${this.size} ${this.size}" role="img" aria-label=${text}>
      <title>${text}</title>
      ${slices.map((slice) => svg`<path d=${shape(slice) ?? ''} fill=${this.colors[slice.data.i] ?? 'currentColor'}></path>`)}
    </svg>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-pie': VatunPie
  }
}
