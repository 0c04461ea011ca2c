import {
  formatDegree,
  type HarmedImage,
  type Session,
  type SimulationColumn,
  type SimulationViewState,
} from '@vatun/core'
import { focusColors, formatProbability } from '@vatun/view-kit'
import { html } from 'lit'

/** What the panel of images needs beside the state. */
export interface ImagesPanel {
  readonly session: Session | undefined
  /** Images in a row. */
  readonly room: number
  choose(image: HarmedImage): void
}

/** The images that the change harms most: by how far their softmax falls, and by how little it takes. */
export function imagesPanel(view: SimulationViewState, { axis }: SimulationColumn, panel: ImagesPanel) {
  const { classNames } = view
  const worst = view.cell?.worst ?? []
  const first = view.cell?.firstToBreak ?? []
  if (worst.length + first.length === 0)
    return html`<p class="nothing muted" part="images">No image is predicted worse under this change.</p>`
  const rows = worst.length > 0 && first.length > 0 ? 1 : 2
  const falls = ({ degree, fall }: HarmedImage) => {
    if (!fall) return { note: '', caption: '' }
    const { unchanged, changed, predicted } = fall
    const color = focusColors(classNames.length, view.focused, [predicted])[predicted]
    return {
      note: `softmax of the true class from ${formatProbability(unchanged)} to ${formatProbability(changed)} at ${formatDegree(axis, degree)}, predicted ${classNames[predicted]}`,
      caption: html`<span class="swatch" style="background:${color}"></span>${formatProbability(changed - unchanged)}`,
    }
  }
  const breaks = ({ degree }: HarmedImage) => {
    const where = formatDegree(axis, degree)
    return { note: `predicted wrongly from ${where}`, caption: where }
  }
  return html`<div class="harmed" part="images">
    ${row('Fall most', worst, falls)} ${row('Break first', first, breaks)}
  </div>`

  function row(
    name: string,
    images: readonly HarmedImage[],
    tell: (image: HarmedImage) => { readonly note: string; readonly caption: unknown },
  ) {
    if (images.length === 0) return ''
    return html`<span class="small muted">${name}</span>
      <div class="thumbnails" role="list" aria-label=${name}>
        ${images.slice(0, rows * panel.room).map((image) => {
          const { note, caption } = tell(image)
          return html`<figure role="listitem" part="image" data-image=${image.index} title=${note}>
            <vatun-thumbnail size="32" interactive index=${image.index} note=${note} .session=${panel.session}
              ?selected=${image.index === view.image} @click=${() => panel.choose(image)}></vatun-thumbnail>
            <figcaption aria-hidden="true">${caption}</figcaption>
          </figure>`
        })}
      </div>`
  }
}
