import type { BackendReport, SerializedError, Step } from '@vatun/core'

/** Page to worker. The first message is `init`; ids are unique within a connection. */
export type PageMessage =
  | { readonly kind: 'init'; readonly init: unknown }
  | { readonly kind: 'request'; readonly id: number; readonly port: string; readonly request: unknown }
  | { readonly kind: 'cancel'; readonly id: number }

/** Worker to page. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly report: BackendReport }
  | { readonly kind: 'unready'; readonly error: SerializedError }
  | { readonly kind: 'step'; readonly id: number; readonly step: Step<unknown> }
  | { readonly kind: 'complete'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: SerializedError }
