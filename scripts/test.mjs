// `npm test`: installs, builds, checks and tests everything, and prints the totals last.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bin, build, findBrowser, install, pnpm, root } from './setup.mjs'

await install()
process.env.CHROME_PATH = findBrowser()
await build()

const totals = { passed: 0, failed: 0, skipped: 0 }
const failures = []

async function check(name, exitCode) {
  const started = performance.now()
  const ok = (await exitCode) === 0
  totals[ok ? 'passed' : 'failed']++
  if (!ok) failures.push(name)
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name} (${((performance.now() - started) / 1000).toFixed(0)} s)\n`)
}

async function suite(name, config) {
  const folder = join(root, 'node_modules/.vatun-reports')
  const report = join(folder, `${name}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(report, { force: true })
  const code = await bin(
    'vitest',
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  )
  const result = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 0 }
  totals.passed += result.numPassedTests
  totals.failed += result.numFailedTests
  totals.skipped += (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0)
  // A suite that cannot even be loaded has no failed test, yet a non-zero exit code.
  if (code !== 0 && result.numFailedTests === 0) totals.failed++
  if (code !== 0) failures.push(`${name} tests`)
}

await check('lint and dependency rules', pnpm('run', 'lint'))
await check('types', pnpm('run', 'typecheck'))
await suite('unit', 'vitest.config.ts')
await suite('packaging', 'tests/packaging/vitest.config.ts')
await suite('node-versions', 'tests/node-versions/vitest.config.ts')
await suite('end-to-end', 'tests/e2e/vitest.config.ts')

if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exit(failures.length > 0 || totals.failed > 0 ? 1 : 0)
