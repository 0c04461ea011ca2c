import type { ClassifierInfo, UploadedImage } from '@vatun/core'
import { VatunError } from '@vatun/core'

/** Bytes of a file, and pixels of an image, beyond which reading it would freeze the page. */
const limits = { bytes: 50_000_000, pixels: 100_000_000 }

/** An uploaded image and what had to be done to it. */
export interface ReadUpload extends UploadedImage {
  /** For people: `resized from 640×480`; empty when the size already was right. */
  readonly notice: string
}

/** The centred part of an image that has the aspect ratio of the target, in pixels of the image. */
export function centreCrop(
  image: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const scale = Math.min(image.width / target.width, image.height / target.height)
  const [width, height] = [target.width * scale, target.height * scale]
  return { x: (image.width - width) / 2, y: (image.height - height) / 2, width, height }
}

/**
 * What was done to an image of this size, in the user's words.
 */
export function resizeNotice(
  image: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): string {
  if (image.width === target.width && image.height === target.height) return ''
  const crop = centreCrop(image, target)
  const cut = Math.round(crop.width) < image.width || Math.round(crop.height) < image.height
  return `resized from ${image.width}×${image.height}${cut ? ', sides cut off' : ''}`
}

/** RGBA bytes as an image of one or three channels; grey is the luma of ITU-R BT.601. */
export function fromRgba(rgba: ArrayLike<number>, channels: number): Uint8Array {
  const pixels = rgba.length / 4
  const data = new Uint8Array(pixels * channels)
  for (let p = 0; p < pixels; p++) {
    const [r, g, b] = [rgba[p * 4]!, rgba[p * 4 + 1]!, rgba[p * 4 + 2]!]
    if (channels === 1) data[p] = Math.round(0.299 * r + 0.587 * g + 0.114 * b)
    else data.set([r, g, b], p * 3)
  }
  return data
}

/**
 * Reads an image file of any format that the browser decodes and brings it to the model's input size: centre crop, smooth
 * scaling, transparency on white.
 *
 * @throws VatunError `bad-input` with one sentence for people when the file is no readable image or too large, `unsupported` when the
 * model takes neither one nor three channels.
 */
export async function readUpload(file: File, input: ClassifierInfo['input']): Promise<ReadUpload> {
  const { height, width, channels } = input
  if (channels !== 1 && channels !== 3)
    throw new VatunError('unsupported', `upload: the model takes ${channels} channels, choose an image of the data set`)
  if (file.size > limits.bytes)
    throw new VatunError(
      'bad-input',
      `“${file.name}” has ${Math.round(file.size / 1e6)} MB, choose an image of at most ${limits.bytes / 1e6} MB.`,
    )
  const url = URL.createObjectURL(file)
  try {
    const source = await loadImage(url, file.name)
    // A drawing without a size of its own (SVG) takes the model's.
    const size = { width: source.naturalWidth || width, height: source.naturalHeight || height }
    if (size.width * size.height > limits.pixels)
      throw new VatunError(
        'bad-input',
        `“${file.name}” is ${size.width}×${size.height} pixels, choose a smaller image (at most ${limits.pixels / 1e6} megapixels).`,
      )
    const rgba = scaleDown(source, size, { width, height })
    const image = { data: fromRgba(rgba, channels), n: 1, height, width, channels }
    return { name: file.name, image, notice: resizeNotice(size, { width, height }) }
  } finally {
    URL.revokeObjectURL(url)
  }
}

function loadImage(url: string, name: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () =>
      reject(
        new VatunError(
          'bad-input',
          `“${name}” is not an image that this browser can read, try PNG, JPEG, WebP or GIF.`,
        ),
      )
    image.src = url
  })
}

/** Halves the image until the last step is at most a factor of two: canvases blend only neighbouring pixels. */
function scaleDown(
  source: HTMLImageElement,
  size: { readonly width: number; readonly height: number },
  target: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  let from: CanvasImageSource = source
  let { x, y, width, height } = centreCrop(size, target)
  for (;;) {
    const last = width <= 2 * target.width && height <= 2 * target.height
    // The first step also limits the canvas to a size that every browser allows.
    const shrink = Math.max(2, Math.max(width, height) / 4096)
    const next = last
      ? target
      : {
          width: Math.max(target.width, Math.ceil(width / shrink)),
          height: Math.max(target.height, Math.ceil(height / shrink)),
        }
    const canvas = document.createElement('canvas')
    canvas.width = next.width
    canvas.height = next.height
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context) throw new VatunError('engine', 'upload: the browser gives no canvas, reload the page')
    context.imageSmoothingQuality = 'high'
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, next.width, next.height)
    context.drawImage(from, x, y, width, height, 0, 0, next.width, next.height)
    if (last) return context.getImageData(0, 0, next.width, next.height).data
    from = canvas
    ;[x, y, width, height] = [0, 0, next.width, next.height]
  }
}
