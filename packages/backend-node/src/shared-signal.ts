/** How often the event loop looks at the flag, in milliseconds. */
const interval = 20

/**
 * An AbortSignal that follows a flag in shared memory: `aborted` and `throwIfAborted` look at the flag itself, so that a
 * computation that never gives its thread a turn sees the wish to stop; the event follows when the event loop turns.
 * @returns the signal, and a function that ends following
 */
export function followFlag(flag: SharedArrayBuffer): { readonly signal: AbortSignal; release(): void } {
  const cell = new Int32Array(flag)
  const controller = new AbortController()
  const { signal } = controller
  const look = () => {
    if (Atomics.load(cell, 0) === 1) controller.abort()
  }
  const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')!.get!
  const { throwIfAborted } = AbortSignal.prototype
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
  const timer = setInterval(look, interval)
  return { signal, release: () => clearInterval(timer) }
}
