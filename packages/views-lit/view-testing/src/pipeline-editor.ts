import { type Axis, type Pipeline, type Session, setAxisValue } from '@vatun/core'
import { fillIn, type RegionFill, withFill, withRegion } from './region.js'
import type { RegionDetail } from './region-editor.js'

/** Changes the pipeline of a session, if there is one, such that one undo takes back a whole movement. */
export class PipelineEditor {
  readonly #session: () => Session | undefined
  /** What is being dragged. */
  #moving: string | null = null

  constructor(session: () => Session | undefined) {
    this.#session = session
  }

  /** @param moving The name of what is being dragged, undefined for a single step. */
  readonly change = (pipeline: Pipeline, moving?: string): void => {
    this.#session()?.update({ pipeline }, { undoable: moving === undefined || moving !== this.#moving })
    this.#moving = moving ?? null
  }

  /** Ends a movement. */
  readonly moved = (): void => {
    this.#moving = null
  }

  /** Sets the degree of a change from its chart. @param done False while dragging. */
  readonly sweep = (axis: Axis, value: number, done: boolean): void => {
    const session = this.#session()
    if (!session) return
    this.change(setAxisValue(session.state.pipeline, axis, value), `sweep ${axis.name}`)
    if (done) this.moved()
  }

  /** Sets the region. @param fill Of a region that is new; one that is there keeps its own. */
  drawRegion({ region, done }: RegionDetail, fill: RegionFill): void {
    const session = this.#session()
    if (!session) return
    const { pipeline } = session.state
    this.change(withRegion(pipeline, region, fillIn(pipeline) ?? fill), 'region')
    if (done) this.moved()
  }

  /** Fills the region that is there. */
  fillRegion(fill: RegionFill): void {
    const session = this.#session()
    if (session) this.change(withFill(session.state.pipeline, fill))
  }
}
