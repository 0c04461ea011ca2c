// `npm run demo`: from a fresh clone to the paper's case in the browser. Options after `--` go to `vatun serve`.
import { join } from 'node:path'
import { build, install, root, runProgram } from './setup.mjs'

await install()
await build()

// The program gets Ctrl+C from the terminal as well, and ends in its own time.
process.on('SIGINT', () => {})
const program = join(root, 'packages/cli/dist/bin.js')
const config = join(root, 'examples/cifar10/vgg16.config.json')
// glibc keeps freed blocks of the size of weights for itself unless told otherwise: half a gigabyte here.
const env = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072', ...process.env }
process.exit(
  await runProgram(process.execPath, [program, 'serve', config, ...process.argv.slice(2)], { env, shell: false }),
)
