import { parentPort, workerData } from 'node:worker_threads'
import { type EmbeddingTable, type LayerInfo, type PatternTable, type Step, toVatunError } from '@vatun/core'
import { map, type Observable } from 'rxjs'
import type { ThreadMessage } from './stages/run-in-thread.js'

/** Computations that run in a thread of their own, with what they take and give. */
export interface ThreadTasks {
  readonly embedding: {
    readonly input: {
      readonly indices: Int32Array
      readonly features: Float32Array
      readonly featureSize: number
      readonly seed: number
    }
    readonly result: EmbeddingTable
  }
  readonly patterns: {
    readonly input: {
      readonly indices: Int32Array
      readonly labels: Int32Array
      readonly classes: number
      readonly maxima: Float32Array
      readonly filters: number
      readonly layers: readonly LayerInfo[]
    }
    readonly result: PatternTable
  }
}

const tasks: {
  [T in keyof ThreadTasks]: (input: ThreadTasks[T]['input']) => Promise<Observable<Step<ThreadTasks[T]['result']>>>
} = {
  embedding: async ({ indices, features, featureSize, seed }) => {
    const { tsne } = await import('@vatun/embed')
    return tsne(features, indices.length, featureSize, { seed }).pipe(
      map((step) =>
        step.kind === 'progress'
          ? step
          : { ...step, value: { method: 't-SNE', indices, positions: step.value.positions } },
      ),
    )
  },
  patterns: async (input) => {
    const { minePatternTable } = await import('@vatun/patterns')
    return minePatternTable(input)
  },
}

const post = (message: ThreadMessage) => parentPort?.postMessage(message)

async function work<T extends keyof ThreadTasks>(task: T, input: ThreadTasks[T]['input']): Promise<void> {
  const steps = await tasks[task](input)
  await steps.forEach((step) => {
    post({ type: 'step', step })
  })
  post({ type: 'done' })
}

const { task, input } = workerData as { task: keyof ThreadTasks; input: ThreadTasks[keyof ThreadTasks]['input'] }
work(task, input as never).catch((error: unknown) => post({ type: 'error', error: toVatunError(error, task).toJSON() }))
