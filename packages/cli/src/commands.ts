import { resolve } from 'node:path'
import { accuracy, type Progress, type VatunError } from '@vatun/core'
import open from 'open'
import { filter, firstValueFrom, map } from 'rxjs'
import { type AnalyzeOptions, type PreparedAnalysis, prepareAnalysis } from './analyze.js'
import { channelsText } from './channels-text.js'
import { type Config, loadConfig } from './config.js'
import { serveWorkbench } from './server/serve-workbench.js'
import { createProgressDisplay, type ProgressDisplay } from './terminal-progress.js'

interface CommandOptions extends AnalyzeOptions {
  readonly output?: string
}

/** `vatun analyze`: computes everything, then ends. Exit code 1 when a result failed, 130 when interrupted. */
export async function analyzeCommand(configPath: string, options: CommandOptions): Promise<void> {
  const terminal = createProgressDisplay()
  const analysis = await prepare(await loadConfig(configPath), options, terminal)
  const job = startWork(analysis, terminal)
  onInterrupt(() => job.stop())
  const end = await job.finished
  terminal.stop()
  await analysis.close()
  process.exitCode = { complete: 0, failures: 1, stopped: 130 }[end]
  console.log(summaries[end](analysis.folder))
}

/** `vatun serve`: the same with the workbench on top; stays until interrupted. */
export async function serveCommand(
  configPath: string,
  options: CommandOptions & { port?: number; open: boolean },
): Promise<void> {
  const terminal = createProgressDisplay()
  const config = await loadConfig(configPath)
  const analysis = await prepare(config, options, terminal)
  const server = await serveWorkbench(analysis, config.model, options.port).catch(async (error: unknown) => {
    await analysis.close()
    throw error
  })
  console.log(`\n  ${server.url}\n`)
  if (options.open) openBrowser(server.url)
  const job = startWork(analysis, terminal)
  const stop = new Promise<void>(onInterrupt)
  void job.finished.then((end) => {
    if (end === 'stopped') return
    terminal.stop()
    console.log(`${summaries[end](analysis.folder)} The page stays at ${server.url} until you press Ctrl+C.`)
  })
  await stop
  job.stop()
  terminal.stop()
  await server.close()
  await analysis.close()
  process.exit()
}

type End = 'complete' | 'failures' | 'stopped'

const summaries: Record<End, (folder: string) => string> = {
  complete: (folder) => `All results are in ${folder}.`,
  failures: (folder) => `Some results failed, see above; the others are in ${folder}.`,
  stopped: (folder) => `Stopped. The same command goes on from what is in ${folder}.`,
}

async function prepare(config: Config, options: CommandOptions, terminal: ProgressDisplay): Promise<PreparedAnalysis> {
  const analysis = await prepareAnalysis(options.output ? { ...config, output: resolve(options.output) } : config, {
    ...options,
    onProgress: (label: string, progress: Progress) => terminal.show({ label, ...progress }),
    onNote: (note) => terminal.log(`  ${note}`),
  })
  const { subject } = analysis.session
  const { engines } = await firstValueFrom(analysis.session.status$)
  for (const { report } of engines) {
    console.log(
      `${subject.model.name} on ${subject.dataset.name}, ${subject.images} of ${subject.dataset.length} images, engine ${report.name} × ${report.threads}`,
    )
    if (analysis.leftOut.length > 0) {
      const changes = analysis.leftOut.map(({ label }) => label).join(', ')
      console.log(`  left out for images with ${channelsText(subject.model.input.channels)}: ${changes}`)
    }
    for (const { name, reason } of report.rejected) console.log(`  not ${name}: ${reason}`)
  }
  return analysis
}

function startWork(
  analysis: PreparedAnalysis,
  terminal: ProgressDisplay,
): { finished: Promise<End>; stop: () => void } {
  const { session, work } = analysis
  const subscription = session
    .result('predictions')
    .pipe(
      filter((loadable) => loadable.status === 'ready'),
      map(({ value }) => accuracy(value)),
    )
    .subscribe((share) => terminal.log(`  accuracy ${(share * 100).toFixed(2)} %`))
  const finished = new Promise<End>((done) => {
    let end: End = 'complete'
    subscription.add(() => done('stopped'))
    subscription.add(
      work.subscribe({
        next: (error: VatunError) => {
          terminal.log(error.message)
          end = 'failures'
        },
        complete: () => done(end),
      }),
    )
  })
  return { finished, stop: () => subscription.unsubscribe() }
}

/** Calls back on the first Ctrl+C or termination; a second one ends the process at once. */
function onInterrupt(callback: () => void): void {
  let happened = false
  const handle = () => {
    if (happened) process.exit(130)
    happened = true
    callback()
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
}

function openBrowser(url: string): void {
  // Without a desktop there is nothing to open; the address is on the terminal.
  open(url).then(
    (child) => child.on('error', () => {}),
    () => {},
  )
}
