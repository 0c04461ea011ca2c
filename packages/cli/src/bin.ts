#!/usr/bin/env node
import { VatunError } from '@vatun/core'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { AnalyzeOptions } from './analyze.js'
import type { InspectOverrides } from './inspect-model.js'
import { version } from './version.js'

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(
        `Expected a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}.`,
      )
    return value
  }
}

function imageSize(text: string): { height: number; width: number; channels: number } {
  const [height, width, channels, ...rest] = text.split(/[x×]/).map(wholeNumber(1))
  if (height === undefined || width === undefined || channels === undefined || rest.length > 0)
    throw new InvalidArgumentError('Expected height, width and channels, as in 224x224x3.')
  return { height, width, channels }
}

interface CommonOptions extends AnalyzeOptions {
  readonly output?: string
}

/** Listed here so that `--help` loads no engine. */
const engines = ['auto', 'tfjs-node-gpu', 'tfjs-node', 'onnxruntime', 'wasm', 'cpu'] satisfies NonNullable<
  AnalyzeOptions['engine']
>[]

const program = new Command('vatun')
  .description('Tests and explains convolutional image classifiers.')
  .version(version)
  .showHelpAfterError()

const withAnalysis = (command: Command): Command =>
  command
    .argument('<config>', 'JSON file that names model, data set and output folder')
    .addOption(
      new Option('--images <n>', 'images to analyse, equally many of each class (default: 1000)').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(new Option('--seed <n>', 'seed of the sample and of the layout').argParser(wholeNumber(0)).default(0))
    .addOption(new Option('--engine <name>', 'what runs the model (default: the first that works)').choices(engines))
    .addOption(
      new Option('--workers <n>', 'workers that run the model (default: as many as keep all cores busy)').argParser(
        wholeNumber(1, 256),
      ),
    )
    .addOption(new Option('--output <folder>', "folder of the results (default: the configuration's)"))

withAnalysis(program.command('analyze').description('compute everything and write the analysis bundle')).action(
  async (config: string, options: CommonOptions) => {
    const { analyzeCommand } = await import('./commands.js')
    await analyzeCommand(config, options)
  },
)

withAnalysis(program.command('serve').description('analyse and explore in the browser while results arrive'))
  .addOption(
    new Option('--port <n>', 'port on 127.0.0.1 (default: 4173 or the next free one)').argParser(wholeNumber(0, 65535)),
  )
  .option('--no-open', 'do not open the browser')
  .action(async (config: string, options: CommonOptions & { port?: number; open: boolean }) => {
    const { serveCommand } = await import('./commands.js')
    await serveCommand(config, options)
  })

program
  .command('inspect')
  .description('tell what a model file holds: input, classes, output, layers')
  .argument('<model>', 'an .onnx file, or the model.json of a tfjs layers or graph model')
  .option('--json', 'print JSON in place of a table')
  .addOption(new Option('--input <size>', 'image size of a model that leaves it open: 224x224x3').argParser(imageSize))
  .addOption(
    new Option('--output <kind>', 'what the scores are, where the file leaves it open').choices(['logits', 'softmax']),
  )
  .option('--output-name <name>', 'which output holds the class scores, of a model with several')
  .action(async (place: string, { json, ...overrides }: { readonly json?: true } & InspectOverrides) => {
    const { describeModel, inspectModel } = await import('./inspect-model.js')
    const info = await inspectModel(place, overrides)
    console.log(json ? JSON.stringify(info, null, 2) : describeModel(info))
  })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof VatunError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
