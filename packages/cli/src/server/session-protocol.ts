import type { RegistrySpec } from '@vatun/augment'
import type { ModelSpec, SerializedError, SessionStatus, SessionSubject, SpriteSheet } from '@vatun/core'

/** Answer of `GET /api/session`: what a page needs before anything is computed. */
export interface SessionDescription {
  readonly subject: SessionSubject
  /** The model for the page's own engine; its URL is relative to the page. */
  readonly model: ModelSpec
  /** The changes of images that the page's engine has to know. */
  readonly registry: RegistrySpec
}

/** News of one result: its table is fetched from `/api/results/NAME?version=N` when `hasValue`. */
export interface ResultNews {
  readonly name: string
  readonly version: number
  readonly status: 'waiting' | 'running' | 'ready' | 'failed'
  readonly progress?: { readonly done: number; readonly total: number; readonly unit: string }
  readonly error?: SerializedError
  readonly hasValue: boolean
  /** Sprites come as a picture, not as a table; this is the rest. */
  readonly sprites?: Omit<SpriteSheet, 'indices' | 'url'> & { readonly indices: readonly number[] }
}

/** Messages of the event stream `/api/events`; the first ones tell the present state. */
export type ServerEvent =
  | { readonly type: 'result'; readonly news: ResultNews }
  | { readonly type: 'status'; readonly status: SessionStatus }

/** Ports that the server answers, by `POST /api/ports/NAME`. */
export const serverPorts = ['activations', 'topImages'] as const
export type ServerPort = (typeof serverPorts)[number]

const simulationPrefix = 'simulation-'

/** Name of a simulation's result in {@link ResultNews}. */
export const simulationResult = (axis: string): string => `${simulationPrefix}${axis}`

/** The axis of a result named by {@link simulationResult}; undefined for other results. */
export const simulationAxis = (name: string): string | undefined =>
  name.startsWith(simulationPrefix) ? name.slice(simulationPrefix.length) : undefined
