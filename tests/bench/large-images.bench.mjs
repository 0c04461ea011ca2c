// What 224 x 224 images cost beside a model of your own, on one thread, after a build:
//   node tests/bench/large-images.bench.mjs model.onnx [rounds] [part …], parts: native wasm simulation
// The model takes [n, 3, 224, 224]. One with random weights will do:
//   python -c "import torch, torchvision as tv; torch.onnx.export(tv.models.mobilenet_v2(weights=None).eval(), torch.zeros(1, 3, 224, 224), 'm.onnx', opset_version=13, input_names=['input'], dynamic_axes={'input': {0: 'n'}})"
// Forward passes take turns in one process; shares of a simulation are of CPU time, which other programs disturb least.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { interleave, rate, ratio } from './interleave.mjs'

const [file, ...args] = process.argv.slice(2)
if (!file) throw new Error('Which model? node tests/bench/large-images.bench.mjs model.onnx')
const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 7)
const parts = args.filter((arg) => !/^\d+$/.test(arg))
const wanted = (part) => parts.length === 0 || parts.includes(part)

const require = createRequire(new URL('../../packages/onnx/package.json', import.meta.url))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const packageOf = (path) => import(new URL(`../../packages/${path}`, import.meta.url).href)
const tf = await load('@tensorflow/tfjs-core')
const { InferenceSession, Tensor } = require('onnxruntime-node')
const { prepareBackend } = await packageOf('backend-node/dist/index.js')
const { openOnnx } = await packageOf('onnx/dist/index.js')
const { openOnnxNative } = await packageOf('onnx/dist/native.js')
const { axes, simulation } = await packageOf('augment/dist/index.js')
await prepareBackend({ prefer: 'wasm' })

const side = 224
const batch = 4
const noise = (n, size) => ({
  data: new Uint8Array(n * size * size * 3).map((_, i) => (i * 7919 + (i >> 9) * 31) % 256),
  n,
  height: size,
  width: size,
  channels: 3,
})
const plain = { name: 'bench', preprocessing: 'imagenet-torch' }
const resized = {
  ...plain,
  preprocessing: { preset: 'imagenet-torch', resize: { height: 512, width: 512, crop: 0.875 } },
}
const maxima = ({ info }) =>
  info.layers.filter(({ kind }) => kind === 'conv').map(({ name }) => ({ layer: name, reduce: 'max' }))

function report(title, times) {
  const [first] = Object.keys(times)
  console.log(`\n${title}: ms an image, and times ${first}`)
  for (const [name, own] of Object.entries(times))
    console.log(
      `  ${name.padEnd(12)}${(1000 / rate(own, batch)).toFixed(2).padStart(9)}   ${ratio(own, times[first]).text}`,
    )
}

if (wanted('native')) {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  const pixels = new Float32Array(batch * 3 * side * side).map((_, i) => ((i * 7919) % 256) / 255)
  const [forward, tapped] = [
    await openOnnxNative(file, { ...plain, threads: 1 }),
    await openOnnxNative(file, { ...plain, threads: 1 }),
  ]
  const large = await openOnnxNative(file, { ...resized, threads: 1 })
  const [images, photos, taps] = [noise(batch, side), noise(batch, 512), maxima(forward)]
  const input = session.inputNames[0]
  report(
    'onnxruntime',
    await interleave(
      {
        direct: () => session.run({ [input]: new Tensor('float32', pixels, [batch, 3, side, side]) }),
        forward: () => forward.predict(images),
        'of 512 px': () => large.predict(photos),
        taps: () => tapped.predict(images, taps),
      },
      rounds,
    ),
  )
  for (const classifier of [forward, tapped, large]) classifier.dispose()
}

if (wanted('wasm')) {
  const [forward, large] = [await openOnnx(file, plain), await openOnnx(file, resized)]
  const [images, photos, taps] = [noise(batch, side), noise(batch, 512), maxima(forward)]
  const gradient = () => {
    const value = tf.tidy(() => {
      const x = tf.div(tf.tensor4d(images.data, [batch, side, side, 3], 'float32'), 255)
      return tf.grad((v) => tf.sum(tf.max(forward.differentiable.logits(v), 1)))(x)
    })
    value.dataSync()
    value.dispose()
  }
  const tasks = {
    forward: () => forward.predict(images),
    'of 512 px': () => large.predict(photos),
    taps: () => forward.predict(images, taps),
    gradient,
  }
  report('wasm', await interleave(tasks, rounds))
  for (const classifier of [forward, large]) classifier.dispose()
}

if (wanted('simulation')) {
  const cpu = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const spent = { model: 0 }
  const { run } = InferenceSession.prototype
  InferenceSession.prototype.run = async function (...given) {
    const start = cpu()
    try {
      return await run.apply(this, given)
    } finally {
      spent.model += cpu() - start
    }
  }
  const classifier = await openOnnxNative(file, { ...plain, threads: 1 })
  const bank = noise(26, side)
  const size = side * side * 3
  const dataset = {
    name: 'noise',
    length: 1e6,
    classNames: classifier.info.classNames,
    hash: '',
    label: () => 0,
    images: async (indices) => {
      const data = new Uint8Array(indices.length * size)
      for (const [k, i] of indices.entries())
        data.set(bank.data.subarray((i % 26) * size, ((i % 26) + 1) * size), k * size)
      return { ...bank, data, n: indices.length }
    },
  }
  const indices = Array.from({ length: 26 }, (_, i) => i)
  const context = { classifier, dataset, signal: new AbortController().signal }
  await simulation({ ...axes[0], degrees: [0, 30] }).partial(context, indices)
  console.log('\nsimulation on onnxruntime, CPU ms an image and degree: total, model, share beside it')
  // The gradient of FGSM is the model's.
  for (const axis of axes.filter(({ name }) => name !== 'fgsm')) {
    const shares = []
    let line = ''
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      spent.model = 0
      const start = cpu()
      await simulation(axis).partial(context, indices)
      const total = cpu() - start
      const count = indices.length * axis.degrees.length
      shares.push((100 * (1 - spent.model / total)).toFixed(0))
      line = `${(total / count).toFixed(2).padStart(8)}${(spent.model / count).toFixed(2).padStart(8)}`
    }
    console.log(`  ${axis.label.padEnd(12)}${line}   ${shares.join(', ')} %`)
  }
  const { maxRSS } = process.resourceUsage()
  console.log(`largest size of the process so far: ${(maxRSS / 1024).toFixed(0)} MB`)
  classifier.dispose()
}
