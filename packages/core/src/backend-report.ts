/** Which engine executes, and why not a faster one: reported data, never a silent fallback. */
export interface BackendReport {
  /** `tfjs-node-gpu`, `tfjs-node`, `onnxruntime`, `webgpu`, `webgl`, `wasm`, `cpu`, … */
  readonly name: string
  readonly device: 'gpu' | 'cpu'
  /** Threads or workers that compute side by side. */
  readonly threads: number
  /** The execution provider, for an engine that has several: `cpu`, `cuda`, `dml`. */
  readonly provider?: string
  /** The engine that computes gradients, where it is another one. */
  readonly gradients?: string
  /** Engines that were tried or considered before this one. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[]
}
