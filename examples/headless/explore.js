// Where does one image flip when it is turned, can it be attacked, and where does the model look? `node explore.js [image]`
import { axes, predictChanged, sweep } from '@vatun/augment'
import { prepareBackend } from '@vatun/backend-node'
import { argmax } from '@vatun/core'
import { explainImage } from '@vatun/explain'
import { openOnnx } from '@vatun/onnx'
import { openDataset } from 'cifar10-example'
import { lastValueFrom } from 'rxjs'
import { drawMap } from './draw-map.js'

const dataset = await openDataset()
const index = Number(process.argv[2] ?? 5)
const image = await dataset.images([index])
const label = dataset.label(index)
const { classNames } = dataset
const preprocessing = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }

const engine = await prepareBackend()
const model = new URL('../models/resnet20-cifar10/resnet20-cifar10.onnx', import.meta.url)
const classifier = await openOnnx(model, { name: 'resnet20', classNames, preprocessing })
console.log(`${classifier.info.name} on ${engine.name}: image ${index}, a ${classNames[label]}\n`)

const rotation = axes.find((axis) => axis.name === 'rotation')
if (!rotation) throw new Error('there is no axis "rotation"')
const last = await lastValueFrom(sweep(classifier, image, [], rotation))
if (last.kind === 'value') printFlips(last.value)

const original = await predictChanged(classifier, image, [])
const attacked = await predictChanged(classifier, image, [{ name: 'fgsm', epsilon: 4 / 255 }], label)
console.log(`\nFGSM with ε = 4/255: ${verdict(original)} becomes ${verdict(attacked)}`)

const layer = classifier.info.lastConv
const explained = await explainImage(classifier, image, { method: 'grad-cam', layer, classIndex: label })
console.log(`\nGrad-CAM for ${classNames[label]} at ${layer}:\n${drawMap(explained)}`)
classifier.dispose()

/** @param {import('@vatun/core').SweepResult} result */
function printFlips({ degrees, probabilities, classes }) {
  let before = -1
  for (const [row, degree] of degrees.entries()) {
    const predicted = argmax(probabilities, row * classes, classes)
    const confidence = probabilities[row * classes + predicted] ?? 0
    const flips = before >= 0 && predicted !== before ? '  ← flips' : ''
    const name = classNames[predicted] ?? ''
    console.log(`rotated by ${String(degree).padStart(4)}°: ${name.padEnd(10)} ${confidence.toFixed(2)}${flips}`)
    before = predicted
  }
}

/** @param {import('@vatun/core').PredictResult} result */
function verdict({ probabilities }) {
  const predicted = argmax(probabilities)
  return `${classNames[predicted]} (${(probabilities[predicted] ?? 0).toFixed(2)})`
}
