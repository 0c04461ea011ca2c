// The pool's side of classifiers.bench.mjs: forward passes over images made up from a seed.
import { serveAnalyses } from '../../packages/backend-node/dist/worker.js'
import { openOnnx } from '../../packages/onnx/dist/index.js'

const pixels = new Uint8Array(32 * 32 * 32 * 3).map((_, i) => (i * 7919) % 256)

serveAnalyses({
  openClassifier: (spec) => openOnnx(spec.url, spec),
  openDataset: async () => ({
    name: 'noise',
    length: 1e6,
    classNames: [],
    hash: '',
    label: () => 0,
    images: async ({ length: n }) => ({ data: pixels.subarray(0, n * 3072), n, height: 32, width: 32, channels: 3 }),
  }),
  analyses: {
    forward: () => ({
      partial: async ({ classifier, dataset }, indices) =>
        (await classifier.predict(await dataset.images(indices))).logits,
    }),
  },
})
