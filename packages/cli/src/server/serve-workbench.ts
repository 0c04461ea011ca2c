import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ModelSpec, VatunError } from '@vatun/core'
import type { PreparedAnalysis } from '../analyze.js'
import { listen, type RunningServer } from './http-server.js'
import { serveSession } from './serve-session.js'
import { serveFiles } from './static-files.js'

const defaultPort = 4173

/**
 * Serves the workbench for an analysis on 127.0.0.1: the page, its wasm engine, the model for the page's own computations, and
 * the live session.
 *
 * @param port Exactly this port; without it 4173 or the next free one. 0 takes any free port.
 * @throws VatunError `io` when the port cannot be used.
 */
export async function serveWorkbench(
  analysis: PreparedAnalysis,
  model: ModelSpec,
  port?: number,
): Promise<RunningServer> {
  const { files, pageModel } = modelFiles(model)
  const mirror = serveSession({ ...analysis, model: pageModel })
  const server = await listen([serveFiles(new Map([...pageFiles(), ...files])), mirror.route], {
    port: port ?? defaultPort,
    exact: port !== undefined,
  })
  return {
    url: server.url,
    close: async () => {
      mirror.close()
      await server.close()
    },
  }
}

/** The built page: every file of `dist/page` under its own name. */
function pageFiles(): [string, string][] {
  const folder = fileURLToPath(new URL('./page/', import.meta.url))
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = names.map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name)
    return [`/${path.slice(folder.length).replaceAll('\\', '/')}`, path]
  })
  return [...files, ['/', join(folder, 'index.html')]]
}

/** The files of the model and nothing beside them, under `/model/`. */
function modelFiles(model: ModelSpec): { files: [string, string][]; pageModel: ModelSpec } {
  if (!model.url.startsWith('file:')) return { files: [], pageModel: model }
  const path = fileURLToPath(model.url)
  if (model.format === 'onnx')
    return { files: [['/model/model.onnx', path]], pageModel: { ...model, url: '/model/model.onnx' } }
  const { weightsManifest } = JSON.parse(readFileSync(path, 'utf8')) as { weightsManifest: { paths: string[] }[] }
  const weights = weightsManifest.flatMap(({ paths }) => paths)
  if (weights.some((name) => name.includes('..') || name.startsWith('/')))
    throw new VatunError('bad-input', `${model.name}: its weights lie outside its folder, put them beside model.json`)
  return {
    files: [
      ['/model/model.json', path],
      ...weights.map((name): [string, string] => [`/model/${name}`, join(dirname(path), name)]),
    ],
    pageModel: { ...model, url: '/model/model.json' },
  }
}
