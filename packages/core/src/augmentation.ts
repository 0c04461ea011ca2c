/**
 * One change of an image, as JSON: `{ name: 'rotation', degrees: 30 }`, `{ name: 'fgsm', epsilon: 4 / 255 }`. What the names and
 * parameters mean is defined by `@vatun/augment`. A pipeline is a list of steps, applied in order.
 */
export interface AugmentationStep {
  readonly name: string
  readonly [parameter: string]: unknown
}

/** A pipeline of changes, first step first. */
export type Pipeline = readonly AugmentationStep[]

/** A change with one magnitude, as sliders, sweeps and simulations need to know it. JSON-serialisable. */
export interface Axis {
  /** Name of the step. */
  readonly name: string
  /** For people: `Rotation`. */
  readonly label: string
  /** Name of the magnitude's parameter in the step: `degrees`. */
  readonly parameter: string
  /** For people: `°`, `px`; empty for a plain number. */
  readonly unit: string
  readonly min: number
  readonly max: number
  /** Slider step. */
  readonly step: number
  /** The magnitude that changes nothing. */
  readonly identity: number
  /** Default grid of sweeps and simulations, ascending, with the identity among them. */
  readonly degrees: readonly number[]
  /** The magnitude is shown as so many 255ths (`4/255`). */
  readonly in255ths?: boolean
}
