import * as tf from '@tensorflow/tfjs-core'

/** What a package that brings a backend gives to those who import it: CommonJS packages the whole as `default`. */
interface BackendModule {
  readonly default?: BackendModule
  readonly Tensor?: unknown
  readonly version?: Readonly<Record<string, string>>
}

/**
 * Refuses a package that was installed with a TensorFlow.js core of its own. Kernels would still find each other, for all copies share one registry, but
 * tensors of one copy lack methods that kernels of the other one call.
 * @param name Of the package.
 */
export function checkSameCore(loaded: unknown, name: string): void {
  const { default: whole = loaded as BackendModule } = loaded as BackendModule
  if (whole.Tensor === tf.Tensor) return
  const version = whole.version?.['tfjs-core'] ?? 'unknown'
  throw new Error(
    `${name} uses another copy of @tensorflow/tfjs-core (${version}) than VATUN (${tf.version_core}): install one version of both, for instance with "npm dedupe"`,
  )
}
