/**
 * The same value with typed arrays that have a buffer to themselves. A view of a part takes the whole buffer along where it is copied to another thread, and keeps
 * it alive there: of a table, all columns for one.
 */
export function ownArrays<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const whole = value.byteLength === value.buffer.byteLength
    return whole || value instanceof DataView ? value : ((value as unknown as Float64Array).slice() as unknown as T)
  }
  if (Array.isArray(value)) return value.map(ownArrays) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, ownArrays(part)])) as T
}
