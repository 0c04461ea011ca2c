import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import type { ClassifierInfo, Prediction, Tap, TapValues } from './classifier.js'
import { VatunError } from './errors.js'
import { checkImageBatch, type ImageBatch } from './image-batch.js'
import { type ShapeFinder, shapeFinder, tapShape } from './tap-shapes.js'

/** Bytes that the largest feature map of one internal forward pass may take, so that memory stays bounded for any batch. */
const CHUNK_BYTES = 16 * 2 ** 20

/** Images of one internal forward pass at most: on the wasm backend larger ones are not faster. */
const CHUNK_IMAGES = 32

const KINDS: Readonly<Record<number, string>> = { 1: 'grayscale', 3: 'RGB' }

/** Checks size, channels and data type of what `predict` gets. @returns The number of images. @throws VatunError `bad-input` */
export function checkImages(info: ClassifierInfo, images: ImageBatch | Tensor4D): number {
  if (images instanceof Tensor) {
    checkSize(info, images.shape, 'predict')
    if (images.dtype !== 'float32')
      throw new VatunError('bad-input', `predict: images are ${images.dtype}, expected float32 in [0, 1]`)
    return images.shape[0]
  }
  checkImageBatch(images, 'predict')
  checkSize(info, [images.n, images.height, images.width, images.channels], 'predict')
  return images.n
}

/** Checks a shape `[n, height, width, channels]`. @throws VatunError `bad-input` */
export function checkSize(info: ClassifierInfo, shape: readonly number[], where: string): void {
  const { height, width, channels } = info.input
  if (shape.length === 4 && shape[1] === height && shape[2] === width && shape[3] === channels) return
  const [given, taken] = [KINDS[shape[3] ?? 0], KINDS[channels]]
  const advice = given && taken && given !== taken ? `, convert the ${given} images to ${taken}` : ''
  throw new VatunError(
    'bad-input',
    `${where}: images are [${shape.join(', ')}], ${info.name} expects [n, ${height}, ${width}, ${channels}]${advice}`,
    { details: { shape, expected: info.input } },
  )
}

/** Images of one internal forward pass, so that memory stays bounded for any batch. */
export function chunkSize({ layers, input }: Pick<ClassifierInfo, 'layers' | 'input'>): number {
  const largest = Math.max(...[...layers, input].map(({ height, width, channels }) => height * width * channels * 4))
  return Math.min(CHUNK_IMAGES, Math.max(1, Math.floor(CHUNK_BYTES / largest)))
}

/** Collects the rows of the chunks of one `predict`: column 0 are the logits, 1 the probabilities, then one per tap. */
export function createSink(
  n: number,
  info: ClassifierInfo,
  taps: readonly Tap[],
  shapesOf: ShapeFinder = shapeFinder(info),
) {
  const classes = info.classNames.length
  const rows = [[n, classes], [n, classes], ...taps.map((tap) => [n, ...tapShape(tap, shapesOf)])]
  const columns = rows.map((shape) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }))
  return {
    /**
     * @param i Column.
     * @param start Position of the chunk's first image.
     * @param shape The chunk's `[images, …]`.
     */
    write(i: number, start: number, shape: readonly number[], values: ArrayLike<number>): void {
      const column = columns[i]!
      // The network knows best whether a layer of size 1 x 1 is a map or a vector.
      column.shape = [n, ...shape.slice(1)]
      column.data.set(values, (start * values.length) / shape[0]!)
    },
    prediction(): Prediction {
      const [logits, probabilities, ...tapped] = columns
      return { logits: logits!.data, probabilities: probabilities!.data, classes, taps: tapped satisfies TapValues[] }
    },
  }
}
