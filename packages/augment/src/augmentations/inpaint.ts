import * as tf from '@tensorflow/tfjs-core'

/**
 * Fills removed pixels from their neighbours, ring by ring from the border of the region inwards: in each round every unknown pixel with known
 * ones among its eight neighbours becomes their mean. Where nothing is known the image becomes black.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param removed `[height, width]`: 1 where the pixel is unknown, else 0.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function inpaint(images: tf.Tensor4D, removed: Float32Array): tf.Tensor4D {
  const [, height, width, channels] = images.shape
  const known = Uint8Array.from(removed, (r) => 1 - r)
  return tf.tidy(() => {
    const filter = tf.ones([3, 3, channels, 1]) as tf.Tensor4D
    let current = tf.mul(images, maskTensor(known, height, width)) as tf.Tensor4D
    for (let ring = nextRing(known, height, width); ring.some((share) => share > 0); ) {
      const shares = maskTensor(ring, height, width)
      const previous = current
      current = tf.tidy(() => tf.add(previous, tf.mul(tf.depthwiseConv2d(previous, filter, 1, 'same'), shares)))
      tf.dispose([previous, shares])
      for (let p = 0; p < ring.length; p++) if (ring[p]! > 0) known[p] = 1
      ring = nextRing(known, height, width)
    }
    return tf.clipByValue(current, 0, 1)
  })
}

/** `[height, width]`: for unknown pixels one over the number of known neighbours, if there are any; else 0. */
function nextRing(known: Uint8Array, height: number, width: number): Float32Array {
  const shares = new Float32Array(known.length)
  for (let p = 0; p < known.length; p++) {
    if (known[p]) continue
    const row = Math.floor(p / width)
    const column = p % width
    let neighbours = 0
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++)
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++)
        neighbours += known[y * width + x]!
    if (neighbours > 0) shares[p] = 1 / neighbours
  }
  return shares
}

function maskTensor(mask: ArrayLike<number>, height: number, width: number): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from(mask), [1, height, width, 1])
}
