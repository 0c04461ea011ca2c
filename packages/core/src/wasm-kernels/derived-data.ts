import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core'

type Derived = Map<string, TensorInfo>

const stores = new WeakMap<KernelBackend, WeakMap<object, Derived>>()

/**
 * Data that is computed from a tensor once and kept as long as the tensor's data live: the flipped filters of a convolution.
 *
 * The key is the data, not the tensor. TensorFlow.js never changes data in place (a variable gets new data with every assignment), so what
 * is found is never stale; and when the data are freed, or move to another backend, so are those derived from them.
 *
 * @param key Tells apart what is derived from the same data.
 * @returns Borrowed.
 */
export function derive(backend: KernelBackend, source: TensorInfo, key: string, make: () => TensorInfo): TensorInfo {
  const store = storeOf(backend)
  const derived = store.get(source.dataId) ?? new Map<string, TensorInfo>()
  store.set(source.dataId, derived)
  const name = `${key} of ${source.shape.join('x')}`
  const result = derived.get(name) ?? make()
  derived.set(name, result)
  return result
}

function storeOf(backend: KernelBackend): WeakMap<object, Derived> {
  const known = stores.get(backend)
  if (known) return known
  const store = new WeakMap<object, Derived>()
  stores.set(backend, store)
  // The backend tells nobody when data are freed.
  const disposeData = backend.disposeData.bind(backend)
  backend.disposeData = (dataId, force) => {
    const freed = disposeData(dataId, force)
    const derived = freed ? store.get(dataId) : undefined
    if (derived) {
      store.delete(dataId)
      for (const { dataId: id } of derived.values()) disposeData(id)
    }
    return freed
  }
  return store
}
