import type { BackendReport, SerializedError, Step } from '@vatun/core'
import type { RejectedEngine } from './prepare-backend.js'

/** Page to worker. The first message is `init`; ids are unique within a connection. */
export type PageMessage =
  | {
      readonly kind: 'init'
      readonly init: unknown
      /** Engines that workers before this one have lost too often. */
      readonly avoid: readonly RejectedEngine[]
      /** Name of a Web Lock for the worker to hold as long as it lives. */
      readonly lock: string
    }
  | { readonly kind: 'request'; readonly id: number; readonly port: string; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number }

/** Worker to page. */
export type WorkerMessage =
  /** Holds the lock. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'ready'; readonly report: BackendReport }
  | { readonly kind: 'unready'; readonly error: SerializedError }
  /** The engine went away; nothing comes after this. */
  | ({ readonly kind: 'lost' } & RejectedEngine)
  | { readonly kind: 'step'; readonly id: number; readonly step: Step<unknown> }
  | { readonly kind: 'complete'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: SerializedError }
