import { type Selection, select } from 'd3-selection'
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom'

/** Zooming of a canvas by wheel and by two fingers, and panning by dragging while `pans` says so. */
export class ScatterZoom {
  readonly #behavior: ZoomBehavior<HTMLCanvasElement, unknown>
  readonly #canvas: Selection<HTMLCanvasElement, unknown, null, undefined>

  /** @param moved Is told every new transform. */
  constructor(canvas: HTMLCanvasElement, pans: () => boolean, moved: (transform: ZoomTransform) => void) {
    this.#behavior = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([1, 40])
      .filter((event: Event) => {
        if (event.type === 'wheel') return true
        if ('touches' in event) return (event as TouchEvent).touches.length > 1
        return pans() && !(event as MouseEvent).button
      })
      .on('zoom', ({ transform }: { transform: ZoomTransform }) => moved(transform))
    this.#canvas = select(canvas).call(this.#behavior).on('dblclick.zoom', null)
  }

  /** Keeps the middle and the limits of a canvas of this size, in CSS pixels. */
  fit(width: number, height: number): void {
    const box: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ]
    this.#behavior.extent(box).translateExtent(box)
  }

  /** Zooms by a factor around the middle; 0 shows everything again. */
  by(factor: number): void {
    if (factor === 0) this.#behavior.transform(this.#canvas, zoomIdentity)
    else this.#behavior.scaleBy(this.#canvas, factor)
  }

  /** Moves a place, in CSS pixels of the canvas before any zoom, to the middle. */
  centre(x: number, y: number): void {
    this.#behavior.translateTo(this.#canvas, x, y)
  }
}
