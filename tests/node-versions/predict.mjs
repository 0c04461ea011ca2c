// Program of the test: opens ResNet-20 on an engine, as a user's program would, and prints report and logits of eight images.
import { readFileSync } from 'node:fs'
import { prepareBackend } from '../../packages/backend-node/dist/index.js'
import { openOnnx } from '../../packages/onnx/dist/index.js'
import { openOnnxNative } from '../../packages/onnx/dist/native.js'

const [, , engine] = process.argv
const report = await prepareBackend({ format: 'onnx', env: engine === 'auto' ? {} : { VATUN_BACKEND: engine } })
const options = {
  name: 'resnet20',
  classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
  preprocessing: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
}
const model = new URL('../../examples/models/resnet20-cifar10/resnet20-cifar10.onnx', import.meta.url)
const classifier = await (report.name === 'onnxruntime' ? openOnnxNative : openOnnx)(model, options)
const images = new URL('../../packages/core/src/fixtures/resnet20-cifar10/images.bin', import.meta.url)
const data = new Uint8Array(readFileSync(images)).subarray(0, 8 * 3072)
const { logits } = await classifier.predict({ data, n: 8, height: 32, width: 32, channels: 3 })
classifier.dispose()
console.log(JSON.stringify({ node: process.versions.node, report, logits: Array.from(logits) }))
