/**
 * An AbortSignal that follows a flag in shared memory: `aborted` and `throwIfAborted` look at the flag itself, so that a computation that never
 * gives its thread a turn sees the wish to stop; the event follows when the event loop turns.
 */
export function signalOf(flag: SharedArrayBuffer): AbortSignal {
  const cell = new Int32Array(flag)
  const controller = new AbortController()
  const { signal } = controller
  const look = () => {
    if (Atomics.load(cell, 0) === 1) controller.abort()
  }
  const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!
  const throwIfAborted = AbortSignal.prototype.throwIfAborted
  Object.defineProperties(signal, {
    aborted: {
      get: () => {
        look()
        return aborted.call(signal) as boolean
      },
    },
    throwIfAborted: {
      value: () => {
        look()
        throwIfAborted.call(signal)
      },
    },
  })
  return signal
}
