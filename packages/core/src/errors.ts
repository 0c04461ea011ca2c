/**
 * What went wrong, in a form a program can act on.
 *
 * - `bad-input`: a value, file or request that the caller has to change
 * - `not-found`: a file, layer, class or column that does not exist
 * - `unsupported`: valid input that this version cannot handle
 * - `io`: the disk or the network refused
 * - `engine`: a backend failed while computing
 */
export type VatunErrorCode = 'bad-input' | 'not-found' | 'unsupported' | 'io' | 'engine'

/**
 * The one error type of all VATUN packages.
 *
 * The message is one sentence in the form `where: what was wrong, what to do`, for example
 * `gradCam: layer "fc1" has rank 2, expected 4 ([batch, height, width, channels])`.
 */
export class VatunError extends Error {
  override readonly name = 'VatunError'
  readonly code: VatunErrorCode
  /** Structured facts behind the message: names, paths, expected and actual values. JSON-serialisable. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: VatunErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  /** The form in which an error crosses a worker or a network boundary. */
  toJSON(): SerializedError {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/** A {@link VatunError} as plain JSON. */
export interface SerializedError {
  readonly code: VatunErrorCode
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** Turns anything thrown into a {@link VatunError}; errors that are not ours become code `engine` with the original as cause. */
export function toVatunError(thrown: unknown, where: string): VatunError {
  if (thrown instanceof VatunError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new VatunError('engine', `${where}: ${message}`, { cause: thrown })
}

/** Rebuilds a {@link VatunError} from {@link VatunError.toJSON}. */
export function errorFromJSON(json: SerializedError): VatunError {
  return new VatunError(json.code, json.message, { details: json.details })
}
