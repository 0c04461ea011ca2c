// Classifiers of every engine, after a build: node tests/bench/classifiers.bench.mjs [rounds] [part …], parts: wasm cpu onnxruntime pool memory
// What is compared takes turns in one process; numbers are medians over the rounds, with their spread.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createWorkerPool, prepareBackend } from '../../packages/backend-node/dist/index.js'
import { openLayersModel } from '../../packages/core/dist/layers.js'
import { openOnnx } from '../../packages/onnx/dist/index.js'
import { interleave, rate, ratio } from './interleave.mjs'

const require = createRequire(new URL('../../packages/onnx/package.json', import.meta.url))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const tf = await load('@tensorflow/tfjs-core')
const tfl = await load('@tensorflow/tfjs-layers')

const [rounds = 7] = process.argv
  .slice(2)
  .filter((arg) => /^\d+$/.test(arg))
  .map(Number)
const parts = process.argv.slice(2).filter((arg) => !/^\d+$/.test(arg))
const wanted = (part) => (parts.length === 0 ? part !== 'cpu' : parts.includes(part))

const place = (path) => fileURLToPath(new URL(`../../examples/models/${path}`, import.meta.url))
const mean = [0.4914, 0.4822, 0.4465]
const std = [0.247, 0.2435, 0.2616]
const options = { name: 'bench', classNames: [...'0123456789'], preprocessing: { mean, std } }
const vgg = { title: 'VGG-16, ONNX', onnx: place('vgg16-cifar10/vgg16-cifar10.onnx'), images: 8 }
const resnet = { title: 'ResNet-20, ONNX', onnx: place('resnet20-cifar10/resnet20-cifar10.onnx'), images: 32 }
const layers = { title: 'ResNet-20, layers', json: place('resnet20-cifar10/tfjs/model.json'), images: 32 }

function noise(n) {
  return { data: new Uint8Array(n * 3072).map((_, i) => (i * 7919) % 256), n, height: 32, width: 32, channels: 3 }
}

const verdicts = []
function judge(what, { value, text }, least, most) {
  const target = least === undefined ? `at most ${most}` : `at least ${least}`
  const met = value >= (least ?? 0) && value <= (most ?? Number.POSITIVE_INFINITY)
  verdicts.push(`${met ? 'met   ' : 'MISSED'} ${what}: ${text}, target ${target}`)
}

/** Mean of ∂ largest logit / ∂ pixels, read back. */
function gradient(classifier, batch) {
  const value = tf.tidy(() => {
    const pixels = tf.div(tf.tensor4d(batch.data, [batch.n, 32, 32, 3], 'float32'), 255)
    return tf.grad((x) => tf.sum(tf.max(classifier.differentiable.logits(x), 1)))(pixels)
  })
  value.dataSync()
  value.dispose()
}

const table = []
/** @param open Opens the model; one that has never seen a tap is measured, and one that returns them. */
async function compare(engine, { title, images }, open, plain, direct) {
  const classifier = await open()
  const tapped = await open()
  const batch = noise(images)
  const taps = classifier.info.layers
    .filter(({ kind }) => kind === 'conv')
    .map(({ name }) => ({ layer: name, reduce: 'max' }))
  const times = await interleave(
    {
      forward: () => classifier.predict(batch),
      taps: () => tapped.predict(batch, taps),
      ...(engine !== 'onnxruntime' && { gradient: () => gradient(classifier, batch) }),
      ...(plain && { plain }),
      ...(direct && { direct }),
    },
    rounds,
  )
  const cell = (name) => (times[name] ? rate(times[name], images).toFixed(1) : '')
  table.push({
    engine,
    model: title,
    'forward, images/s': cell('forward'),
    taps: cell('taps'),
    gradient: cell('gradient'),
    'plain tfjs': cell('plain'),
    'plain onnxruntime': cell('direct'),
  })
  const name = `${title} on ${engine}`
  judge(
    `${name}, time with taps on all ${taps.length} convolutions / forward`,
    ratio(times.taps, times.forward),
    undefined,
    1.2,
  )
  if (times.gradient && engine === 'wasm') {
    const target = title.startsWith('VGG') ? 3.5 : undefined
    if (target)
      judge(`${name}, time of the input gradient / forward`, ratio(times.gradient, times.forward), undefined, target)
    else
      verdicts.push(
        `       ${name}, time of the input gradient / forward: ${ratio(times.gradient, times.forward).text}, no target`,
      )
  }
  if (times.direct && engine === 'onnxruntime')
    judge(`${name}, speed / onnxruntime-node called directly`, ratio(times.direct, times.forward), 0.95)
  if (times.plain)
    verdicts.push(
      `       ${name}, speed / plain tfjs model.predict: ${ratio(times.plain, times.forward).text}, no target`,
    )
  classifier.dispose()
  tapped.dispose()
}

/** onnxruntime-node as its readme uses it, on input that is prepared already. */
async function direct({ onnx, images }) {
  const ort = await load('onnxruntime-node').catch(() => undefined)
  if (!ort) return undefined
  const { InferenceSession, Tensor } = ort.default ?? ort
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: availableParallelism() })
  const { data } = noise(images)
  const planes = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const [image, pixel, channel] = [Math.floor(i / 3072), Math.floor((i % 3072) / 3), i % 3]
    planes[image * 3072 + channel * 1024 + pixel] = (data[i] / 255 - mean[channel]) / std[channel]
  }
  const [input] = session.inputNames
  const [output] = session.outputNames
  return async () => (await session.run({ [input]: new Tensor('float32', planes, [images, 3, 32, 32]) }))[output].data
}

async function plainLayers({ json, images }) {
  const artifacts = JSON.parse(readFileSync(json, 'utf8'))
  const bytes = readFileSync(json.replace('model.json', artifacts.weightsManifest[0].paths[0]))
  const model = await tfl.loadLayersModel({
    load: async () => ({
      modelTopology: artifacts.modelTopology,
      weightSpecs: artifacts.weightsManifest[0].weights,
      weightData: new Uint8Array(bytes).buffer,
    }),
  })
  const { data } = noise(images)
  return () =>
    tf.tidy(() => {
      const pixels = tf.div(tf.tensor4d(data, [images, 32, 32, 3], 'float32'), 255)
      return model.predict(tf.div(tf.sub(pixels, mean), std)).dataSync()
    })
}

for (const engine of ['wasm', 'cpu'].filter(wanted)) {
  await prepareBackend({ prefer: engine })
  const scale = (model) => (engine === 'cpu' ? { ...model, images: 1 } : model)
  for (const model of [vgg, resnet]) await compare(engine, scale(model), () => openOnnx(model.onnx, options))
  const model = scale(layers)
  await compare(engine, model, () => openLayersModel(model.json, options), await plainLayers(model))
}

if (wanted('onnxruntime')) {
  const { openOnnxNative } = await import('../../packages/onnx/dist/native.js')
  await prepareBackend({ prefer: 'wasm' })
  for (const model of [vgg, resnet]) {
    const plain = await direct(model)
    if (plain) await compare('onnxruntime', model, () => openOnnxNative(model.onnx, options), undefined, plain)
    else console.log('onnxruntime-node cannot be loaded')
  }
}

if (wanted('pool')) {
  const workerUrl = new URL('./classifiers-worker.mjs', import.meta.url)
  const init = {
    model: { format: 'onnx', url: vgg.onnx, ...options },
    dataset: { format: 'module', module: '' },
    engine: 'wasm',
  }
  const forward = { spec: { name: 'forward', params: {} } }
  const { signal } = new AbortController()
  const [one, two] = await Promise.all([1, 2].map((size) => createWorkerPool({ workerUrl, size, init })))
  const shard = Array.from({ length: 16 }, (_, i) => i)
  const shards = (pool) => () => Promise.all(Array.from({ length: 8 }, () => pool.partial(forward, shard, signal)))
  const times = await interleave({ one: shards(one), two: shards(two) }, rounds)
  judge(`${vgg.title} on wasm, pool of 2 workers, speed / 1 worker`, ratio(times.one, times.two), 1.8)
  table.push({ engine: 'wasm, 2 workers', model: vgg.title, 'forward, images/s': rate(times.two, 128).toFixed(1) })
  await Promise.all([one.close(), two.close()])
}

if (wanted('memory')) {
  await prepareBackend({ prefer: 'wasm' })
  const classifier = await openOnnx(resnet.onnx, options)
  const batch = noise(2)
  const run = async (batches) => {
    for (let i = 0; i < batches; i++) {
      await classifier.predict(batch)
      if (i % 4 === 0) gradient(classifier, batch)
    }
    return {
      tensors: tf.memory().numTensors,
      'MB of tensors': tf.memory().numBytes / 2 ** 20,
      'data on the device': tf.backend().numDataIds(),
      'MB of wasm memory': tf.backend().wasm.HEAPU8.length / 2 ** 20,
      'MB resident': process.memoryUsage().rss / 2 ** 20,
    }
  }
  const before = await run(100)
  const after = await run(1000)
  const grown = ['tensors', 'MB of tensors', 'data on the device', 'MB of wasm memory'].filter(
    (key) => after[key] > before[key],
  )
  for (const key of Object.keys(before))
    console.log(`${key} after 100 and 1,100 batches: ${before[key].toFixed(1)}, ${after[key].toFixed(1)}`)
  verdicts.push(
    `${grown.length ? 'MISSED' : 'met   '} no growth over 1,000 batches of ResNet-20${grown.map((key) => `, ${key} grew`)}`,
  )
  classifier.dispose()
}

console.table(table)
console.log(verdicts.join('\n'))
