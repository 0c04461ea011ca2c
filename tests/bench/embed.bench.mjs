// t-SNE of clustered features, after a build: node tests/bench/embed.bench.mjs [rows] [repeats] [features.f32 of rows × 512]
// Baseline of x2000.f32 (2,000 × 512), scikit-learn 1.2.1 Barnes-Hut on two cores: 17.9 s, trustworthiness 0.9930 at k = 10.
import { readFileSync } from 'node:fs'
import { trustworthiness, tsne } from '../../packages/embed/dist/index.js'
import { clusters, summary } from './bench-data.mjs'

const BASELINE_MS = 17_900
const [rows = 2000, repeats = 3] = process.argv.slice(2, 4).map(Number)
const file = process.argv[4]
const features = file
  ? new Float32Array(new Uint8Array(readFileSync(file)).buffer).subarray(0, rows * 512)
  : clusters(rows, 512, 10)

const wall = []
const cpu = []
let layout
for (let run = 0; run < repeats; run++) {
  const before = process.cpuUsage()
  const started = performance.now()
  await tsne(features, rows, 512).forEach((step) => {
    if (step.kind === 'value') layout = step.value
  })
  wall.push(performance.now() - started)
  const used = process.cpuUsage(before)
  cpu.push((used.user + used.system) / 1000)
}
console.log(`t-SNE of ${rows} × 512: ${summary(wall)} of wall time, ${summary(cpu)} of CPU time`)
console.log(`trustworthiness (k = 10) ${trustworthiness(features, rows, 512, layout.positions).toFixed(4)}`)
if (rows === 2000)
  console.log(
    `scikit-learn's 17.9 s on its two cores are ${(BASELINE_MS / wall.sort((a, b) => a - b)[wall.length >> 1]).toFixed(1)} times the median`,
  )
