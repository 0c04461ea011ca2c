/**
 * Images that are ready for a model, in memory that threads share: each is decoded once, whoever needs it first. Nothing is ever removed; when the
 * memory is full, further images are decoded whenever they are needed.
 */
export interface ImageCache {
  readonly pixels: SharedArrayBuffer
  /** For each image 1 + its place, 0 while it has none; at the end the number of places given away. Int32. */
  readonly places: SharedArrayBuffer
}

/**
 * @param count Images of the data set.
 * @param bytes Memory, which is only taken as images come. Default 256 MiB: 1,783 images of 224 × 224 in colour.
 */
export function createImageCache(count: number, bytes = 2 ** 28): ImageCache {
  return { pixels: new SharedArrayBuffer(bytes), places: new SharedArrayBuffer(4 * (count + 1)) }
}

/** Images of the data set that a cache is for. */
export function countOf({ places }: ImageCache): number {
  return places.byteLength / 4 - 1
}

/** The image's pixels, borrowed; undefined when it is not there. */
export function recall({ pixels, places }: ImageCache, index: number, size: number): Uint8Array | undefined {
  const place = Atomics.load(new Int32Array(places), index)
  return place === 0 ? undefined : new Uint8Array(pixels, (place - 1) * size, size)
}

/** Keeps a copy of the image's pixels if there is room. Two threads may keep the same image; the second copy is then unused. */
export function remember({ pixels, places }: ImageCache, index: number, image: Uint8Array): void {
  const table = new Int32Array(places)
  const last = table.length - 1
  const room = Math.floor(pixels.byteLength / image.length)
  if (Atomics.load(table, index) > 0 || Atomics.load(table, last) >= room) return
  const place = Atomics.add(table, last, 1)
  if (place >= room) return
  new Uint8Array(pixels, place * image.length, image.length).set(image)
  Atomics.store(table, index, place + 1)
}
