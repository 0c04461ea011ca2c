// What simulating costs beside the model, how it scales, what memory it takes, and how long 1,000 images take. VGG-16, CIFAR-10.
// Run after `npm run build`:  node tests/bench/simulation.bench.mjs [--images 100] [--parts memory,share,scaling,demo] [--engines onnxruntime,wasm]
import { createRequire } from 'node:module'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = new URL('../../', import.meta.url)
const packageOf = (name) => import(new URL(`packages/${name}`, root).href)
const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '100' },
    parts: { type: 'string', default: 'memory,share,scaling,demo' },
    engines: { type: 'string', default: 'onnxruntime,wasm' },
  },
})
const parts = values.parts.split(',')
const engines = values.engines.split(',')

const { axes, lossGradient, simulation } = await packageOf('augment/dist/index.js')
const { inlineExecutor, run, toTensor } = await packageOf('core/dist/index.js')
const { createWorkerPool, prepareBackend } = await packageOf('backend-node/dist/index.js')
const { openDataset } = await import(new URL('examples/cifar10/cifar10.js', root).href)
const tf = createRequire(new URL('packages/augment/package.json', root))('@tensorflow/tfjs-core')

const shardSize = 20
const modelOf = (name) => ({
  format: 'onnx',
  url: fileURLToPath(new URL(`examples/models/${name}/${name}.onnx`, root)),
  name,
  classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
  preprocessing: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
})
const dataset = await openDataset({})
const first = (n) => Array.from({ length: n }, (_, i) => i)
const ms = (value) => value.toFixed(2).padStart(8)
const percent = (value) => `${(100 * value).toFixed(1).padStart(6)} %`

/** Resolves with the last value of an analysis. */
function finish(analysis, executor, indices) {
  return new Promise((resolve, reject) => {
    let last
    run(analysis, { executor, indices, shardSize }).subscribe({
      next: (step) => {
        if (step.kind === 'value') last = step.value
      },
      error: reject,
      complete: () => resolve(last),
    })
  })
}

async function timed(task) {
  const start = performance.now()
  await task()
  return performance.now() - start
}

/** Opens a classifier on one thread whose `spent.model` counts the milliseconds in which the model itself ran. */
async function openTimed(engine, name) {
  const report = await prepareBackend({ prefer: engine, format: 'onnx', threads: 1 })
  const spent = { model: 0 }
  if (engine === 'onnxruntime') {
    const { openOnnxNative } = await packageOf('onnx/dist/native.js')
    const { InferenceSession } = createRequire(new URL('packages/onnx/package.json', root))('onnxruntime-node')
    const { run: pass } = InferenceSession.prototype
    InferenceSession.prototype.run = async function (...args) {
      const start = performance.now()
      try {
        return await pass.apply(this, args)
      } finally {
        spent.model += performance.now() - start
      }
    }
    const classifier = await openOnnxNative(modelOf(name).url, { ...modelOf(name), threads: 1 })
    return { classifier, spent, report }
  }
  const { openOnnx } = await packageOf('onnx/dist/index.js')
  const classifier = await openOnnx(modelOf(name).url, modelOf(name))
  const predict = async (...args) => {
    const start = performance.now()
    try {
      return await classifier.predict(...args)
    } finally {
      spent.model += performance.now() - start
    }
  }
  return { classifier: { ...classifier, predict }, spent, report }
}

async function share(engine) {
  const { classifier, spent } = await openTimed(engine, 'vgg16-cifar10')
  const indices = first(engine === 'wasm' ? 20 : 40)
  const executor = inlineExecutor({ classifier, dataset })
  await finish(simulation({ ...axes[0], degrees: [0, 10] }), executor, first(shardSize))
  console.log(`\n${engine}, one thread: milliseconds per image and degree      total    model   beside`)
  let [all, model] = [0, 0]
  for (const axis of axes) {
    spent.model = 0
    let gradients = 0
    if (axis.name === 'fgsm') {
      // What the gradient takes is the model's as well.
      const images = toTensor(await dataset.images(first(shardSize)))
      const labels = first(shardSize).map((i) => dataset.label(i))
      const gradient = () => timed(async () => lossGradient(classifier.differentiable, images, labels).dispose())
      const runs = [await gradient(), await gradient(), await gradient()]
      gradients = (Math.min(...runs) * indices.length) / shardSize
      images.dispose()
      spent.model = 0
    }
    const total = await timed(() => finish(simulation(axis), executor, indices))
    const count = indices.length * axis.degrees.length
    const own = spent.model + gradients
    all += total
    model += own
    console.log(
      `  ${axis.label.padEnd(12)}${String(axis.degrees.length).padStart(3)} degrees${' '.repeat(36)}${ms(total / count)} ${ms(own / count)} ${percent(1 - own / total)}`,
    )
  }
  console.log(`  all${' '.repeat(77)}${percent(1 - model / all)}`)
  classifier.dispose()
}

async function poolOf(engine, size) {
  return createWorkerPool({
    workerUrl: new URL('packages/cli/dist/analysis-worker.js', root),
    size,
    init: {
      model: modelOf('vgg16-cifar10'),
      dataset: { format: 'module', module: fileURLToPath(new URL('examples/cifar10/cifar10.js', root)) },
      engine,
      threads: 1,
    },
  })
}

const degreesOf = (measured) => measured.reduce((sum, axis) => sum + axis.degrees.length, 0)

/** Predictions a second over these axes. */
async function rate(pool, indices, measured) {
  const took = await timed(() => Promise.all(measured.map((axis) => finish(simulation(axis), pool, indices))))
  return (1000 * indices.length * degreesOf(measured)) / took
}

async function withPools(engine, sizes, task) {
  const pools = []
  try {
    for (const size of sizes) pools.push(await poolOf(engine, size))
    for (const pool of pools) await rate(pool, first(2 * shardSize), [{ ...axes[0], degrees: [0] }])
    await task(...pools)
  } finally {
    for (const pool of pools) await pool.close()
  }
}

/** The best of several turns, taken one after the other, so that a busy machine disturbs both alike. */
async function scaling(engine) {
  const turns = 4
  const indices = first(engine === 'wasm' ? 40 : 80)
  const measured = axes.map((axis) => ({ ...axis, degrees: axis.degrees.slice(0, 5) }))
  await withPools(engine, [1, 2], async (one, two) => {
    const best = [0, 0]
    for (let turn = 0; turn < turns; turn++)
      for (const [k, pool] of [one, two].entries()) best[k] = Math.max(best[k], await rate(pool, indices, measured))
    console.log(
      `\n${engine}: ${best[0].toFixed(0)} predictions/s with one worker, ${best[1].toFixed(0)} with two: ${(best[1] / best[0]).toFixed(2)} × (best of ${turns}, load ${loadavg()[0].toFixed(1)})`,
    )
  })
}

async function memory() {
  const { classifier } = await openTimed('onnxruntime', 'resnet20-cifar10')
  const executor = inlineExecutor({ classifier, dataset })
  const axis = { ...axes[0], degrees: [-90, 0, 90] }
  console.log('\nmemory of the process after simulating, ResNet-20 on onnxruntime')
  for (const n of [100, 400, 1600]) {
    await finish(simulation(axis), executor, first(Math.min(n, dataset.length)))
    globalThis.gc?.()
    const { rss } = process.memoryUsage()
    console.log(
      `  ${String(n).padStart(5)} images: ${(rss / 2 ** 20).toFixed(0).padStart(4)} MB, ${tf.memory().numTensors} tensors`,
    )
  }
  classifier.dispose()
}

async function demo() {
  const indices = first(Number(values.images))
  const workers = availableParallelism()
  await withPools('onnxruntime', [workers], async (pool) => {
    const perSecond = await rate(pool, indices, axes)
    const thousand = (1000 * degreesOf(axes)) / perSecond
    console.log(
      `\nonnxruntime, ${workers} workers: ${indices.length} images × ${axes.length} axes (${degreesOf(axes)} degrees, FGSM included) in ${((thousand * indices.length) / 1000).toFixed(1)} s (${perSecond.toFixed(0)} predictions/s); 1,000 images: ${thousand.toFixed(0)} s`,
    )
  })
}

console.log(
  `Node ${process.version}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before the start`,
)
// Memory first: the process has nothing else to show yet.
if (parts.includes('memory')) await memory()
if (parts.includes('share')) for (const engine of engines) await share(engine)
if (parts.includes('scaling')) for (const engine of engines) await scaling(engine)
if (parts.includes('demo')) await demo()
