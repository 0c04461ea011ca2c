import type { Classifier, ModelSpec } from '@vatun/core'
import type { ClassifierOptions } from '@vatun/core/layers'

/** Opens a model by its format; formats that are not used are not loaded. */
export async function openModel(spec: Pick<ModelSpec, 'format' | 'url'> & ClassifierOptions): Promise<Classifier> {
  switch (spec.format) {
    case 'onnx': {
      const { openOnnx } = await import('@vatun/onnx')
      return openOnnx(spec.url, spec)
    }
    case 'tfjs-layers': {
      const { openLayersModel } = await import('@vatun/core/layers')
      return openLayersModel(spec.url, spec)
    }
    case 'tfjs-graph': {
      const { openGraphModel } = await import('@vatun/core/graph')
      return openGraphModel(spec.url, spec)
    }
  }
}
