// The demo's whole pipeline, measured from the outside: seconds until predictions, layout and all curves are there, and the peak
// memory of the process, in the environment of `npm run demo`. Run after `npm run build`:  node tests/bench/demo.bench.mjs [--images 1000] [--engine wasm]
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { values } = parseArgs({
  options: { images: { type: 'string', default: '1000' }, engine: { type: 'string', default: 'auto' } },
})
const output = mkdtempSync(join(tmpdir(), 'vatun-bench-'))
const started = performance.now()
const child = spawn(
  process.execPath,
  [
    join(root, 'packages/cli/dist/bin.js'),
    'analyze',
    join(root, 'examples/cifar10/vgg16.config.json'),
    ...['--images', values.images, '--engine', values.engine, '--output', output],
  ],
  { cwd: root, env: { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072', ...process.env } },
)

const events = []
let unread = ''
const read = (chunk) => {
  const lines = (unread + chunk).split('\n')
  unread = lines.pop()
  for (const line of lines) {
    if (/engine /.test(line)) console.log(line.trim())
    if (/ done\s*$/.test(line))
      events.push({ seconds: (performance.now() - started) / 1000, what: line.trim().split(/ \d/)[0] })
  }
}
child.stdout.on('data', read)
child.stderr.on('data', read)

let peak = 0
const timer = setInterval(() => {
  try {
    peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak)
  } catch {
    // Only Linux tells; elsewhere the line below says so.
  }
}, 500)

child.on('exit', (code) => {
  clearInterval(timer)
  rmSync(output, { recursive: true, force: true })
  if (code !== 0) {
    console.error(`the analysis ended with exit code ${code}`)
    process.exit(1)
  }
  console.log(`${values.images} images of VGG-16, ${availableParallelism()} cores, Node ${process.version}`)
  const last = new Map(events.map(({ what, seconds }) => [what, seconds]))
  for (const [what, seconds] of last) console.log(`${what.padEnd(24)}${seconds.toFixed(1).padStart(8)} s`)
  console.log(
    peak > 0 ? `peak memory             ${(peak / 1024).toFixed(0).padStart(8)} MB` : 'peak memory: unknown here',
  )
})
