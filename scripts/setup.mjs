// What `npm run demo` and `npm test` share: everything between a fresh clone and a built workspace.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const installStamp = join(root, 'node_modules/.vatun-install')
const buildStamp = join(root, 'node_modules/.vatun-build')

/**
 * Runs a program in the workspace's root with its output shown; resolves to the exit code. A request to terminate is passed on.
 */
export function runProgram(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options })
    const terminate = () => child.kill('SIGTERM')
    process.on('SIGTERM', terminate)
    const end = (code) => {
      process.off('SIGTERM', terminate)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`)
      end(127)
    })
    child.on('exit', (code, signal) => end(signal ? 128 : (code ?? 1)))
  })
}

/** Runs pnpm in the version that package.json names, without installing it for good. */
export const pnpm = (...args) => runProgram('npx', ['--yes', packageManager, ...args])

/** Runs a program that a devDependency brings. */
export const bin = (name, ...args) => runProgram(join(root, 'node_modules/.bin', name), args)

async function orExit(what, code) {
  const result = await code
  if (result === 0) return
  console.error(`\n${what} failed with exit code ${result}; its output above says why.`)
  process.exit(result)
}

/** All files below a folder of the workspace that are not installed or built. */
function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesBelow(path)
    return [path]
  })
}

/** A fingerprint of files by path, size and time of change. */
function fingerprint(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file))
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

const isCurrent = (stamp, content) => existsSync(stamp) && readFileSync(stamp, 'utf8') === content

/** Installs the dependencies of the frozen lock file, unless they are there already. */
export async function install() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`VATUN needs Node 20.19 or newer, this is ${process.version}. See https://nodejs.org.`)
    process.exit(1)
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  if (isCurrent(installStamp, lock)) return
  console.log(
    'Installing dependencies, once. Among them are the 60,000 images of CIFAR-10 (139 MB) and onnxruntime (113 MB).',
  )
  await orExit('Installing', pnpm('install', '--frozen-lockfile'))
  writeFileSync(installStamp, lock)
}

/** Builds all packages, unless nothing has changed since the last time. */
export async function build() {
  const files = filesBelow('packages')
  const sources = fingerprint([...files, 'tsconfig.base.json', 'tsconfig.build.json', 'pnpm-lock.yaml'])
  const outputs = files
    .filter((file) => file.endsWith('/tsup.config.ts'))
    .map((file) => join(root, dirname(file), 'dist'))
  if (isCurrent(buildStamp, sources) && outputs.every(existsSync)) return
  console.log('Building.')
  await orExit('Building', pnpm('run', 'build'))
  writeFileSync(buildStamp, sources)
}

/**
 * The path of a Chrome or Chromium: CHROME_PATH, an installed one, or on Debian as root the distribution's package.
 * Ends the process with instructions when there is none.
 */
export function findBrowser() {
  const named = process.env.CHROME_PATH
  if (named) {
    if (existsSync(named)) return named
    console.error(`CHROME_PATH is ${named}, where there is no file. Set it to a Chrome or Chromium program.`)
    process.exit(1)
  }
  const installed = installedBrowser()
  if (installed) return installed
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log("Installing Debian's Chromium for the tests in the browser.")
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }
    spawnSync('apt-get', ['update', '-qq'], options)
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
    const path = installedBrowser()
    if (path) return path
  }
  console.error('The tests need Chrome or Chromium and found none. Install one, or set CHROME_PATH to its program.')
  process.exit(1)
}

function installedBrowser() {
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome.exe']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const places = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  return places.find((place) => existsSync(place))
}
