import type { Classifier, ModelSpec } from '@vatun/core'

/** Opens a model by its format; formats that are not used are not loaded. */
export async function openModel(spec: ModelSpec): Promise<Classifier> {
  if (spec.format === 'onnx') {
    const { openOnnx } = await import('@vatun/onnx')
    return openOnnx(spec.url, spec)
  }
  const { openLayersModel } = await import('@vatun/core/layers')
  return openLayersModel(spec.url, spec)
}
