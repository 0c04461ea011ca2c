// Frequent sub-sequences, after a build: node tests/bench/patterns.bench.mjs [repeats] [file.json with { sequences }]
// The baseline is the same miner without closedness: what BIDE's pruning saves against enumerating all patterns.
import { readFileSync } from 'node:fs'
import { mineSequences } from '../../packages/patterns/dist/index.js'
import { layeredSequences, median, summary } from './bench-data.mjs'

const repeats = Number(process.argv[2] ?? 3)
const file = process.argv[3]
const sequences = file ? JSON.parse(readFileSync(file, 'utf8')).sequences : layeredSequences(10_000, 13)

for (const minSupport of [500, 100, 20]) {
  const times = { all: [], closed: [], maximal: [] }
  for (let run = 0; run < repeats; run++)
    for (const kind of Object.keys(times)) {
      const started = performance.now()
      const found = await mineSequences(sequences, { minSupport, kind })
      times[kind].push(performance.now() - started)
      if (run === repeats - 1)
        console.log(`support ${minSupport}, ${kind}: ${found.length} patterns, ${summary(times[kind])}`)
    }
  console.log(`  all / closed: ${(median(times.all) / median(times.closed)).toFixed(2)}`)
}
