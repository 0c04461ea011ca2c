import {
  type ActivationsRequest,
  type ActivationsResult,
  type ClassifierInfo,
  convLayers,
  findLayer,
  type Port,
  type Survey,
  streamOf,
  type TopImagesRequest,
  type TopImagesResult,
  VatunError,
} from '@vatun/core'
import { topImagesOf } from '@vatun/explain'

/** Answers the network view from the survey as far as it has come: how strongly filters respond to images, and which images do it most. */
export function filterPorts(info: ClassifierInfo, survey: () => Survey | undefined) {
  const offsets = new Map<string, number>()
  let filters = 0
  for (const layer of convLayers(info)) {
    offsets.set(layer.name, filters)
    filters += layer.channels
  }
  let baseline: { of: Survey; values: Float32Array } | undefined

  const ready = (where: string): Survey => {
    const surveyed = survey()
    if (!surveyed) throw new VatunError('not-found', `${where}: no image has been predicted yet, try again soon`)
    return surveyed
  }
  const meanOver = (s: Survey, rows: readonly number[]): Float32Array => {
    const sums = new Float64Array(s.filters)
    for (const row of rows) for (let f = 0; f < s.filters; f++) sums[f]! += s.maxima[row * s.filters + f]!
    return Float32Array.from(sums, (sum) => sum / rows.length)
  }

  const activations: Port<ActivationsRequest, ActivationsResult> = ({ indices }) =>
    answer(() => {
      const s = ready('activations')
      const rowOf = new Map(Array.from(s.indices, (index, row) => [index, row]))
      const rows = indices.map((index) => {
        const row = rowOf.get(index)
        if (row === undefined)
          throw new VatunError('not-found', `activations: image ${index} is not part of the analysis`)
        return row
      })
      if (baseline?.of !== s) baseline = { of: s, values: meanOver(s, [...s.indices.keys()]) }
      return { values: rows.length === 0 ? baseline.values : meanOver(s, rows), baseline: baseline.values }
    })

  const topImages: Port<TopImagesRequest, TopImagesResult> = ({ layer, filter, count }) =>
    answer(() => {
      const s = ready('topImages')
      const { channels } = findLayer(info, layer, 'topImages')
      const offset = offsets.get(layer)
      if (offset === undefined) throw new VatunError('bad-input', `topImages: "${layer}" is not a convolution layer`)
      if (!(filter >= 0 && filter < channels))
        throw new VatunError('bad-input', `topImages: filter ${filter} of "${layer}", expected 0 to ${channels - 1}`)
      const top = topImagesOf(s.maxima, s.filters, offset + filter, count)
      return { indices: Int32Array.from(top.rows, (row) => s.indices[row]!), activations: top.activations }
    })

  return { activations, topImages }
}

function answer<T>(compute: () => T) {
  return streamOf<{ kind: 'value'; value: T; progress: { done: number; total: number; unit: string } }>(async (emit) =>
    emit({ kind: 'value', value: compute(), progress: { done: 1, total: 1, unit: 'answers' } }),
  )
}
