import { resolve } from 'node:path'
import { accuracy, type Progress, type VatunError } from '@vatun/core'
import open from 'open'
import { filter, firstValueFrom, map, type Subscription } from 'rxjs'
import { type AnalyzeOptions, type PreparedAnalysis, prepareAnalysis } from './analyze.js'
import { loadConfig } from './config.js'
import { serveWorkbench } from './server/serve-workbench.js'
import { TerminalProgress } from './terminal-progress.js'

interface CommandOptions extends AnalyzeOptions {
  readonly output?: string
}

/** `vatun analyze`: computes everything, then ends. Exit code 1 when a result failed, 130 when interrupted. */
export async function analyzeCommand(configPath: string, options: CommandOptions): Promise<void> {
  const terminal = new TerminalProgress()
  const analysis = await prepare(configPath, options, terminal)
  const job = startWork(analysis, terminal)
  const interrupted = onInterrupt(() => job.stop())
  await job.finished
  terminal.stop()
  await analysis.close()
  if (interrupted()) process.exitCode = 130
  else console.log(`Results: ${analysis.folder}`)
}

/** `vatun serve`: the same with the workbench on top; stays until interrupted. */
export async function serveCommand(
  configPath: string,
  options: CommandOptions & { port?: number; open: boolean },
): Promise<void> {
  const terminal = new TerminalProgress()
  const config = await loadConfig(configPath)
  const analysis = await prepare(configPath, options, terminal)
  const server = await serveWorkbench(analysis, config.model, options.port).catch(async (error: unknown) => {
    await analysis.close()
    throw error
  })
  console.log(`\n  ${server.url}\n`)
  if (options.open) openBrowser(server.url)
  const job = startWork(analysis, terminal)
  const stop = new Promise<void>((done) => void onInterrupt(done))
  void job.finished.then(() => {
    terminal.stop()
    console.log(`All results are in ${analysis.folder}. The page stays at ${server.url} until you press Ctrl+C.`)
  })
  await stop
  job.stop()
  terminal.stop()
  await server.close()
  await analysis.close()
  process.exit()
}

async function prepare(
  configPath: string,
  options: CommandOptions,
  terminal: TerminalProgress,
): Promise<PreparedAnalysis> {
  const config = await loadConfig(configPath)
  const analysis = await prepareAnalysis(options.output ? { ...config, output: resolve(options.output) } : config, {
    ...options,
    onProgress: (label: string, progress: Progress) => terminal.show({ label, ...progress }),
  })
  const { subject } = analysis.session
  const { engines } = await firstValueFrom(analysis.session.status$)
  for (const { report } of engines) {
    console.log(
      `${subject.model.name} on ${subject.dataset.name}, ${subject.images} of ${subject.dataset.length} images, engine ${report.name} × ${report.threads}`,
    )
    for (const { name, reason } of report.rejected) console.log(`  not ${name}: ${reason}`)
  }
  return analysis
}

function startWork(
  analysis: PreparedAnalysis,
  terminal: TerminalProgress,
): { finished: Promise<void>; stop: () => void } {
  const { session, work } = analysis
  let subscription: Subscription | undefined
  const finished = new Promise<void>((done) => {
    const accuracyKnown = session.result('predictions').pipe(
      filter((loadable) => loadable.status === 'ready'),
      map(({ value }) => accuracy(value)),
    )
    subscription = accuracyKnown.subscribe((share) => terminal.log(`accuracy ${(share * 100).toFixed(2)} %`))
    subscription.add(
      work.subscribe({
        next: (error: VatunError) => {
          terminal.log(error.message)
          process.exitCode = 1
        },
        complete: done,
      }),
    )
    subscription.add(done)
  })
  return { finished, stop: () => subscription?.unsubscribe() }
}

/** Calls back on the first Ctrl+C or termination; a second one ends the process at once. */
function onInterrupt(callback: () => void): () => boolean {
  let happened = false
  const handle = () => {
    if (happened) process.exit(130)
    happened = true
    callback()
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
  return () => happened
}

function openBrowser(url: string): void {
  // Without a desktop there is nothing to open; the address is on the terminal.
  open(url).then(
    (child) => child.on('error', () => {}),
    () => {},
  )
}
