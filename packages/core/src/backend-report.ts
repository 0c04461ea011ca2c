/** Which engine executes, and why not a faster one: reported data, never a silent fallback. */
export interface BackendReport {
  /** `tfjs-node-gpu`, `tfjs-node`, `webgl`, `wasm`, `cpu`, … */
  readonly name: string
  readonly device: 'gpu' | 'cpu'
  /** Threads or workers that compute side by side. */
  readonly threads: number
  /** Engines that were tried or considered before this one. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[]
}
