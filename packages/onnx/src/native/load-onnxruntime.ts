import { VatunError } from '@vatun/core'

/** The module of `onnxruntime-node`. */
export type Onnxruntime = typeof import('onnxruntime-node')

/** Loads the optional peer dependency. @throws VatunError `unsupported` if it is not installed or does not load. */
export async function loadOnnxruntime(): Promise<Onnxruntime> {
  try {
    const onnxruntime = await import('onnxruntime-node')
    // Errors are thrown; it prints them as well.
    onnxruntime.env.logLevel = 'fatal'
    return onnxruntime
  } catch (error) {
    const missing = (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
    const reason = missing
      ? 'onnxruntime-node is not installed'
      : `onnxruntime-node does not load (${error instanceof Error ? error.message : String(error)})`
    throw new VatunError('unsupported', `openOnnxNative: ${reason}, install it or use openOnnx`, { cause: error })
  }
}
