// A worker that computes the same things on whatever engine it is given, for the test to compare.
import * as tf from '@tensorflow/tfjs-core'
import { applyPipeline, bim, controlNoise, fgsm, lossGradient, pgd } from '@vatun/augment'
import { allAxes, stepOf } from '@vatun/augment/axes'
import { prepareBackend } from '@vatun/backend-web'
import { servePorts } from '@vatun/backend-web/worker'
import { convLayers, toTensor } from '@vatun/core'
import { openLayersModel } from '@vatun/core/layers'
import { gradCam } from '@vatun/explain'
import { openOnnx } from '@vatun/onnx'
import { openSmallNetwork, smallSize } from './small-networks.js'

servePorts(async (options, engine) => {
  const webgpu = () => import('@tensorflow/tfjs-backend-webgpu')
  const report = await prepareBackend({ wasmUrl: '/wasm/', webgpu, ...options, ...engine })
  return {
    report,
    handlers: {
      changes: () => withTensor(waves({ n: 2, height: 17, width: 14, channels: 3 }), changes),
      smallNetwork: ({ network, format }) => using(openSmallNetwork(network, format), explainSmall),
      attacks: () =>
        using(openSmallNetwork('resnet', 'layers'), (small) => withTensor(waves(smallSize), (x) => attacks(small, x))),
      predict: ({ model, images }) => using(open(model), (classifier) => predict(classifier, batch(images))),
      fgsm: ({ model, images, labels, epsilon }) =>
        using(open(model), ({ differentiable }) =>
          withTensor(batch(images), (x) =>
            readAll({
              gradient: () => lossGradient(differentiable, x, labels),
              attacked: () => fgsm(differentiable, x, labels, epsilon),
            }),
          ),
        ),
      /** What is in use after each round. */
      memory: async (rounds) => {
        const used = []
        for (let round = 0; round < rounds; round++) {
          await using(openSmallNetwork('mobilenet', 'layers'), explainSmall)
          const { numTensors, numDataBuffers, numBytesInGPUAllocated = 0 } = tf.memory()
          const onDevice = tf.backend().bufferManager?.numBytesAllocated ?? numBytesInGPUAllocated
          used.push({ numTensors, numDataBuffers, onDevice })
        }
        return used
      },
    },
  }
})

const models = {
  'vgg16 onnx': ['vgg16-cifar10.onnx', openOnnx],
  'resnet20 onnx': ['resnet20-cifar10.onnx', openOnnx],
  'resnet20 layers': ['model.json', openLayersModel],
}

function open(name) {
  const [file, opener] = models[name]
  const preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }
  return opener(new URL(`/models/${file}`, self.location.href).href, { name, preprocessing })
}

/** Every change of images with its default parameters at a degree where it shows, and those that have no degree. */
function steps() {
  const own = allAxes.filter(({ name }) => !['fgsm', 'bim', 'pgd'].includes(name))
  const region = { name: 'removeRegion', shape: 'ellipse', top: 3, left: 2, height: 9, width: 7 }
  return [
    ...own.map((axis) => stepOf(axis, axis.degrees.at(axis.identity === axis.max ? 1 : -2))),
    { name: 'flipHorizontal' },
    { name: 'flipVertical' },
    { name: 'rotation', degrees: 137, border: 'reflect' },
    ...['black', 'mean', 'noise', 'blur', 'inpaint'].map((fill) => ({ ...region, fill })),
  ]
}

const changes = (x) =>
  readAll(Object.fromEntries(steps().map((step) => [Object.values(step).join(' '), () => applyPipeline(x, [step])])))

function attacks({ differentiable: model }, x) {
  const labels = Array.from({ length: x.shape[0] }, (_, i) => i)
  return readAll({
    fgsm: () => fgsm(model, x, labels, '8/255'),
    bim: () => bim(model, x, labels, '8/255', { steps: 3, alpha: '4/255' }),
    'pgd linf': () => pgd(model, x, labels, '8/255', { steps: 2, restarts: 2 }),
    'pgd l2': () => pgd(model, x, labels, 0.5, { steps: 2, norm: 'l2' }),
    controlNoise: () => controlNoise(x, '8/255'),
  })
}

const explainSmall = (classifier) => explain(classifier, waves(smallSize), [3, 1])

/** Predictions with the maxima and means of the first, a middle and the last convolution. */
async function predict(classifier, images) {
  const { logits, probabilities, taps } = await classifier.predict(
    images,
    someConvolutions(classifier).flatMap((layer) => ['max', 'mean'].map((reduce) => ({ layer, reduce }))),
  )
  return { logits: [...logits], probabilities: [...probabilities], taps: taps.flatMap(({ data }) => [...data]) }
}

function someConvolutions({ info }) {
  const names = convLayers(info).map(({ name }) => name)
  return [names[0], names[names.length >> 1], names.at(-1)]
}

/** Predictions and the gradients of one logit of each image by its pixels and by two feature maps. */
async function explain(classifier, images, classes) {
  const { info, differentiable: model } = classifier
  const [, middle, last] = someConvolutions(classifier)
  const predictions = await predict(classifier, images)
  const gradients = await withTensor(images, (x) => {
    const chosen = tf.tensor2d(
      classes.flatMap((own) => info.classNames.map((_, i) => Number(i === own))),
      [classes.length, info.classNames.length],
    )
    const score = (scores) => tf.sum(tf.mul(scores, chosen))
    const slope = (layer) => () => tf.grad((a) => score(model.logitsFrom(x, layer, a)))(model.activation(x, layer))
    return readAll({
      pixels: () => tf.grad((pixels) => score(model.logits(pixels)))(x),
      middle: slope(middle),
      last: slope(last),
      gradCam: () => gradCam(model, x, middle, classes),
    }).finally(() => chosen.dispose())
  })
  return { ...predictions, ...gradients }
}

/** Computes one after the other, and checks that nothing stays behind. */
async function readAll(computations) {
  const values = {}
  for (const [name, compute] of Object.entries(computations)) {
    const before = tf.memory().numTensors
    const tensor = tf.tidy(compute)
    values[name] = [...(await tensor.data())]
    tensor.dispose()
    if (tf.memory().numTensors !== before) throw new Error(`${name} leaves ${tf.memory().numTensors - before} tensors`)
  }
  return values
}

async function using(opening, use) {
  const classifier = await opening
  try {
    return await use(classifier)
  } finally {
    classifier.dispose()
  }
}

async function withTensor(images, use) {
  const x = toTensor(images)
  try {
    return await use(x)
  } finally {
    x.dispose()
  }
}

/** CIFAR-10 images from what a test can send. */
const batch = (values) => ({
  data: Uint8Array.from(values),
  n: values.length / 3072,
  height: 32,
  width: 32,
  channels: 3,
})

/** Soft waves with a different phase in each image. */
function waves({ n, height, width, channels }) {
  const data = Uint8Array.from({ length: n * height * width * channels }, (_, i) => {
    const [channel, column] = [i % channels, Math.floor(i / channels) % width]
    const [row, image] = [Math.floor(i / channels / width) % height, Math.floor(i / channels / width / height)]
    return 127 + 120 * Math.sin(row / 3 + image + channel) * Math.cos(column / 2 - channel)
  })
  return { data, n, height, width, channels }
}
