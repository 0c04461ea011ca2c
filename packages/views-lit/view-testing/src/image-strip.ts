import type { ImageStrip, Session } from '@vatun/core'
import { formatCount } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** The stretch of `count` positions around `position`, kept inside 0 … length - 1. */
export function windowAround(position: number, length: number, count: number): { from: number; to: number } {
  const size = Math.min(count, length)
  const from = Math.min(length - size, Math.max(0, position - Math.floor(size / 2)))
  return { from, to: from + size }
}

/** Neighbour of the shown image in the strip, wrapping around; the first or last when the shown image is not in it. */
export function neighbourOf(strip: ImageStrip, by: 1 | -1): number | undefined {
  const { length } = strip.indices
  if (length === 0) return undefined
  if (strip.position < 0) return strip.indices[by === 1 ? 0 : length - 1]
  return strip.indices[(strip.position + by + length) % length]
}

/** Thumbnails around the shown image, with previous and next. */
export function imageStrip(session: Session, strip: ImageStrip, count: number) {
  const { indices, position } = strip
  if (indices.length === 0) return nothing
  const { from, to } = windowAround(Math.max(0, position), indices.length, count)
  const go = (index: number | undefined) => index !== undefined && session.update({ image: index })
  const what = strip.selected ? 'selected image' : 'image'
  return html`<div class="strip" role="group" aria-label=${strip.selected ? 'Selected images' : 'Images'}>
    <button class="icon" aria-label="Previous ${what}" title="Previous ${what}" @click=${() => go(neighbourOf(strip, -1))}>‹</button>
    ${Array.from({ length: to - from }, (_, i) => indices[from + i]!).map(
      (index) => html`<vatun-thumbnail
        .session=${session}
        .index=${index}
        .size=${20}
        interactive
        ?selected=${index === indices[position]}
        @click=${() => go(index)}
      ></vatun-thumbnail>`,
    )}
    <button class="icon" aria-label="Next ${what}" title="Next ${what}" @click=${() => go(neighbourOf(strip, 1))}>›</button>
    <span class="small muted position">${position < 0 ? '–' : formatCount(position + 1)} of ${formatCount(indices.length)}</span>
  </div>`
}
