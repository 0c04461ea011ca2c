/**
 * Buffers inside plain objects and arrays that can be moved to another thread instead of being copied: those that one typed array
 * covers as a whole. A view of a part is left out, because moving its buffer would empty other views.
 */
export function transferables(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value
    if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) found.add(buffer)
  } else if (Array.isArray(value)) for (const item of value) transferables(item, found)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) transferables(item, found)
  return [...found]
}
