/** A started engine that can go away while it computes: drivers are reset, laptops change their GPU, browsers take contexts back. */
export interface EngineLife {
  /** As in the report. */
  readonly name: string
  /** Resolves with the reason, one sentence, when the engine is gone; never resolves for one that stays. */
  readonly lost: Promise<string>
  /** The reason by now. Results that were read after it are worthless. */
  whyLost(): string | undefined
  /** After a failure: resolves when it is known whether the engine is still there. */
  settle?(): Promise<unknown>
}

/** Life of an engine that nothing takes away. */
export function lasting(name: string): EngineLife {
  return { name, lost: new Promise(() => undefined), whyLost: () => undefined }
}
