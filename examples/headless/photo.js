// What is in a photo, and where does the model see it? Writes the photo with the heat map over it: `node photo.js [photo] [heat-map.png]`
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { prepareBackend } from '@vatun/backend-node'
import { argmax } from '@vatun/core'
import { explainImage } from '@vatun/explain'
import { readImage } from '@vatun/image-folder'
import { openOnnx } from '@vatun/onnx'
import { encode } from 'fast-png'
import { paintMap } from './paint-map.js'

const local = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
const [photo = local('../photos/photos/cat/0000.jpg'), target = 'heat-map.png'] = process.argv.slice(2)

await prepareBackend()
const classifier = await openOnnx(local('../models/resnet20-cifar10/resnet20-cifar10.onnx'), {
  name: 'resnet20',
  classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
  preprocessing: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
})
const { classNames, lastConv: layer } = classifier.info

const image = await readImage(photo, classifier.info.input)
const { probabilities } = await classifier.predict(image)
const classIndex = argmax(probabilities)
const explained = await explainImage(classifier, image, { method: 'grad-cam', layer, classIndex })
writeFileSync(target, encode(paintMap(image, explained)))
console.log(
  `${photo}: ${classNames[classIndex]} (${(probabilities[classIndex] ?? 0).toFixed(2)}), ${layer} in ${target}`,
)
classifier.dispose()
