// Images a second that each augmentation and corruption changes on one thread, after a build: node tests/bench/augment.bench.mjs [seconds each] [name part]
// Beside them sharp, on one thread as well, where it has the same operation and is installed (npm install --no-save sharp): raw pixels in, raw
// pixels out, one image at a time, as it has no batches.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { median } from './bench-data.mjs'

const seconds = Number(process.argv[2] ?? 0.3)
const part = process.argv[3] ?? ''
const require = createRequire(new URL('../../packages/augment/package.json', import.meta.url))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const tf = await load('@tensorflow/tfjs-core')
const { setThreadsCount } = await load('@tensorflow/tfjs-backend-wasm')
setThreadsCount(1)
await tf.setBackend('wasm')
const { allAxes, applyPipeline, builtIn, stepOf } = await import('../../packages/augment/dist/index.js')
const sharp = await loadSharp()

const halfway = (axis) =>
  axis.degrees[axis.identity === axis.max ? axis.degrees.length >> 1 : (3 * axis.degrees.length) >> 2]
const steps = [
  ...allAxes
    .filter(({ name }) => !builtIn.find(name).needsClassifier)
    .map((axis) => stepOf(axis, axis.name.startsWith('corruption-') ? 3 : halfway(axis))),
  { name: 'flipHorizontal' },
  { name: 'flipVertical' },
  ...['black', 'mean', 'noise', 'blur', 'inpaint'].map((fill) => ({
    name: 'removeRegion',
    shape: 'ellipse',
    top: 8,
    left: 8,
    height: 16,
    width: 16,
    fill,
  })),
].filter(({ name }) => name.includes(part))

/** The same operation in sharp, on an image that is opened from raw pixels. */
const inSharp = {
  hue: (image, { degrees }) => image.modulate({ hue: (degrees + 360) % 360 }),
  brightness: (image, { amount }) => image.linear(1, 255 * amount),
  brightnessFactor: (image, { factor }) => image.linear(factor, 0),
  contrast: (image, { factor }) => image.linear(factor, 128 * (1 - factor)),
  saturation: (image, { factor }) => image.modulate({ saturation: factor }),
  gamma: (image, { exponent }) => image.gamma(Math.max(1, exponent)),
  grayscale: (image) => image.grayscale(),
  invert: (image) => image.negate(),
  rotation: (image, { degrees }) => image.rotate(degrees),
  scale: (image, { factor }) => image.affine([factor, 0, 0, factor], { interpolator: 'bilinear' }),
  shear: (image, { degrees }) =>
    image.affine([1, Math.tan((degrees * Math.PI) / 180), 0, 1], { interpolator: 'bilinear' }),
  flipHorizontal: (image) => image.flop(),
  flipVertical: (image) => image.flip(),
  blur: (image, { sigma }) => image.blur(Math.max(0.3, sigma)),
  sharpen: (image) => image.sharpen(),
}

console.log(
  `single thread, Node ${process.version}, tfjs wasm${sharp ? `, sharp ${sharp.versions.sharp}` : ''}; images/s`,
)
for (const [side, batch] of [
  [32, 32],
  [256, 4],
]) {
  console.log(
    `\n${side} x ${side}, ${batch} a batch`.padEnd(60) + 'VATUN'.padStart(10) + (sharp ? 'sharp'.padStart(10) : ''),
  )
  const images = tf.randomUniform([batch, side, side, 3], 0, 1, 'float32', 1)
  const pixels = Uint8Array.from(images.dataSync().subarray(0, side * side * 3), (v) => 255 * v)
  for (const step of steps) {
    const own = await rate(batch, () => {
      const changed = applyPipeline(images, [step])
      changed.dataSync()
      changed.dispose()
    })
    const other = sharp && (await sharpRate(step, pixels, side))
    const { top, left, height, width, shape, ...shown } = step
    console.log(
      JSON.stringify(shown).padEnd(60) + own.toFixed(0).padStart(10) + (other ? other.toFixed(0).padStart(10) : ''),
    )
  }
  images.dispose()
}

/** Images a second: the median over runs for about as long as asked, after one to warm up. */
async function rate(images, change) {
  await change()
  const times = []
  for (const started = performance.now(); performance.now() - started < 1000 * seconds || times.length < 3; ) {
    const run = performance.now()
    await change()
    times.push(performance.now() - run)
  }
  return (1000 * images) / median(times)
}

async function sharpRate(step, pixels, side) {
  const raw = { raw: { width: side, height: side, channels: 3 } }
  if (step.name === 'jpeg')
    return rate(1, async () => {
      const file = await sharp(pixels, raw).jpeg({ quality: step.quality, chromaSubsampling: '4:2:0' }).toBuffer()
      await sharp(file).raw().toBuffer()
    })
  const operation = inSharp[step.name]
  return operation && rate(1, () => operation(sharp(pixels, raw), step).raw().toBuffer())
}

async function loadSharp() {
  try {
    const { default: loaded } = await import('sharp')
    loaded.concurrency(1)
    loaded.cache(false)
    return loaded
  } catch (error) {
    console.log(`sharp is left out: ${error.code ?? error.message}`)
    return undefined
  }
}
