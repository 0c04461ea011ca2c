// `npm run demo`: from a fresh clone to the paper's case in the browser. Options after `--` go to `vatun serve`.
import { join } from 'node:path'
import { build, install, root } from './setup.mjs'

await install()
await build()
process.argv.splice(2, 0, 'serve', join(root, 'examples/cifar10/vgg16.config.json'))
await import('../packages/cli/dist/bin.js')
