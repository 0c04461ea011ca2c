import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = join(root, 'packages/cli/dist/bin.js')

/** The small model: fast enough for tests, with everything the large one has. */
export const resnet20 = join(root, 'examples/cifar10/resnet20.config.json')

/** The model of the paper: 13 layers with 4,224 filters. */
export const vgg16 = join(root, 'examples/cifar10/vgg16.config.json')

/** A new empty folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'vatun-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A `vatun` process with what it has written so far. */
export class VatunProcess {
  output = ''
  readonly exit: Promise<number | null>
  readonly #child: ChildProcess

  /** @param limits A limit on the size of files that the process may write, in KiB. */
  constructor(args: readonly string[], limits: { fileSizeLimitKiB?: number } = {}) {
    const { fileSizeLimitKiB } = limits
    this.#child =
      fileSizeLimitKiB === undefined
        ? spawn(process.execPath, [program, ...args], { cwd: root })
        : spawn(
            'bash',
            ['-c', `ulimit -f ${fileSizeLimitKiB} && exec "$@"`, 'bash', process.execPath, program, ...args],
            { cwd: root },
          )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    this.exit = new Promise((resolve) => this.#child.on('exit', resolve))
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits until the output matches; fails with the output when the process ends first or the time is up. */
  async waitFor(pattern: RegExp, milliseconds = 120_000): Promise<RegExpMatchArray> {
    const deadline = Date.now() + milliseconds
    let ended = false
    void this.exit.then(() => {
      ended = true
    })
    for (;;) {
      const match = this.output.match(pattern)
      if (match) return match
      if (ended || Date.now() > deadline)
        throw new Error(`${ended ? 'ended' : 'timed out'} before ${pattern} came:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Runs a command to its end. */
export async function runVatun(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = new VatunProcess(args)
  const code = await child.exit
  return { code, output: child.output }
}
