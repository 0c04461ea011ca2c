import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { packageManager } = readJson(join(root, 'package.json')) as { packageManager: string }
const folders = ['packages', 'packages/views-lit'].flatMap((parent) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'views-lit')
    .map((entry) => join(parent, entry.name)),
)

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

let place: string
const tarballs = new Map<string, string>()

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'vatun-packaging-'))
  for (const folder of folders) {
    const { name } = readJson(join(root, folder, 'package.json')) as Manifest
    const output = execFileSync('npx', ['--yes', packageManager, 'pack', '--json', '--pack-destination', place], {
      cwd: join(root, folder),
      encoding: 'utf8',
    })
    const { filename } = JSON.parse(output.slice(output.indexOf('{'))) as { filename: string }
    tarballs.set(name, filename.startsWith('/') ? filename : join(place, filename))
  }
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe.each(folders)('%s', (folder) => {
  const manifest = readJson(join(root, folder, 'package.json')) as Manifest

  test('follows the rules of published packages (publint)', async () => {
    const tarball = readFileSync(tarballs.get(manifest.name)!)
    const { messages } = await publint({
      pack: {
        tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) as ArrayBuffer,
      },
      strict: true,
    })
    const problems = messages
      .filter((message) => message.type !== 'suggestion')
      .map((message) => formatMessage(message, manifest))
    expect(problems).toEqual([])
  })

  test('has types that resolve for ESM consumers (are the types wrong)', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(tarballs.get(manifest.name)!)))
    if (!result.types) throw new Error('the package has no types')
    // ESM only on purpose: what a CommonJS or node10 consumer sees is not our business.
    const problems = result.problems.filter(
      (problem) =>
        problem.kind !== 'CJSResolvesToESM' &&
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    )
    expect(problems).toEqual([])
  })

  test('has files for every export and no tests inside', () => {
    const files = execFileSync('tar', ['-tzf', tarballs.get(manifest.name)!], { encoding: 'utf8' }).split('\n')
    expect(files.filter((file) => /\.test\.|fixtures|\.tsbuildinfo/.test(file))).toEqual([])
    expect(files).toContain('package/README.md')
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string'
        ? [target]
        : Object.entries(target as Record<string, string>)
            .filter(([condition]) => condition !== '@vatun/source')
            .map(([, path]) => path),
    )
    for (const target of targets) expect(files).toContain(join('package', target))
  })
})

test('all packages install into an empty project and can be imported in Node', () => {
  const project = join(place, 'project')
  mkdirSync(project)
  const specs = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]))
  const peers: Record<string, string> = {}
  for (const folder of folders) {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = readJson(
      join(root, folder, 'package.json'),
    ) as Manifest
    for (const [peer, range] of Object.entries(peerDependencies))
      if (!peerDependenciesMeta[peer]?.optional) peers[peer] = range
  }
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: { ...specs, ...peers }, overrides: specs }),
  )
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: project, stdio: 'pipe' })
  const modules = folders.flatMap((folder) => {
    const { name, exports } = readJson(join(root, folder, 'package.json')) as Manifest
    return Object.keys(exports)
      .filter((path) => !path.endsWith('package.json'))
      .map((path) => join(name, path))
  })
  writeFileSync(
    join(project, 'import-all.mjs'),
    `${modules.map((m) => `await import('${m}')`).join('\n')}\nconsole.log('imported ${modules.length}')\n`,
  )
  const output = execFileSync('node', ['import-all.mjs'], { cwd: project, encoding: 'utf8' })
  expect(output).toContain(`imported ${modules.length}`)
  const help = execFileSync(join(project, 'node_modules/.bin/vatun'), ['--help'], { encoding: 'utf8' })
  expect(help).toContain('serve')
})
