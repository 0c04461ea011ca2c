import { type Step, streamOf, VatunError, yieldToEventLoop } from '@vatun/core'
import type { Observable } from 'rxjs'
import { affinitiesOf } from './affinities.js'
import { cooperate, type Pausing } from './cooperate.js'
import { descend } from './descend.js'
import { centred, checkFeatures } from './features.js'
import { TsneGradient } from './gradient.js'
import { neighborsOf } from './neighbors.js'
import { type PrincipalComponents, principalComponents } from './pca.js'
import { normalRandom } from './random.js'

/** Options of {@link tsne}. */
export interface TsneOptions {
  /** Effective number of neighbours, default 30. Lowered to (n − 1) / 3 where there are too few points; the layout tells. */
  readonly perplexity?: number
  /** Default 1,000; the first quarter, but no more than 250, exaggerates the affinities. */
  readonly iterations?: number
  /**
   * Step size. `auto` (default) is n / 48 (Belkina et al., Nature Communications 2019, in scikit-learn's units); for fewer than
   * 2,400 points, which have time for larger steps, up to four times that but no more than 50.
   */
  readonly learningRate?: number | 'auto'
  /** Where points begin: the first two principal components (default), or gaussian noise. */
  readonly initialization?: 'pca' | 'random'
  /** Seed of the noise. Default 0. The same seed and features give the same layout. */
  readonly seed?: number
  /** Features of more dimensions are reduced to this many principal components first, default 50, as is common practice. */
  readonly reduceTo?: number
  /** Iterations between two emitted layouts, default 25. */
  readonly refreshEvery?: number
}

/** Positions of t-SNE, possibly still moving. */
export interface Layout {
  /** `[n, 2]`, C order, about the origin. The caller owns it. */
  readonly positions: Float32Array
  readonly n: number
  /** Iterations so far. */
  readonly iteration: number
  /** The perplexity that was used. */
  readonly perplexity: number
  /** The perplexity that was asked for, if it had to be lowered. */
  readonly loweredFrom?: number
  /** Dimensions in which neighbours were sought. */
  readonly dimensions: number
  /** Share of the features' variance in these dimensions, 0 … 1. */
  readonly explainedVariance: number
  /** How badly the layout shows the affinities: Kullback–Leibler divergence in nats. NaN for fewer than two points. */
  readonly divergence: number
}

/** Accuracy of the principal components: those of next to no variance, which move no neighbour, need not be told apart. */
const TOLERANCE = 1e-6
/** Milliseconds of work between two turns of the event loop. */
const SLICE = 25

/**
 * Lays out high-dimensional features in the plane so that neighbours stay neighbours: t-SNE (van der Maaten & Hinton, JMLR
 * 2008) with Barnes–Hut gradients (van der Maaten, JMLR 2014) over exact nearest neighbours in the space of the leading
 * principal components. The scale and the offset of the features do not matter.
 *
 * @param features `[n, d]`, C order, n = 0 allowed; read when subscribed, not modified.
 * @returns A cold stream: progress in iterations, a layout every few iterations, and the final one. It gives the event loop
 * turns, and stops at the next iteration when unsubscribed.
 * @throws VatunError (on the stream) `bad-input` for a wrong length, numbers that are not finite, or an option out of range.
 */
export function tsne(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
  options: TsneOptions = {},
): Observable<Step<Layout>> {
  return streamOf<Step<Layout>>(async (emit, signal) => {
    checkFeatures(features, n, d, 'tsne')
    const settings = settingsOf(options, n)
    const { iterations, refreshEvery } = settings
    const progress = (done: number) => ({ done, total: iterations, unit: 'iterations' })
    emit({ kind: 'progress', progress: progress(0) })
    const { gradient, start, facts } = await cooperate(prepared(features, n, d, settings), signal)
    const layout = (positions: Float64Array, iteration: number): Layout => ({
      positions: Float32Array.from(positions),
      n,
      iteration,
      ...facts,
      divergence: gradient.divergence,
    })
    if (n < 2) {
      emit({ kind: 'value', value: layout(new Float64Array(2 * n), iterations), progress: progress(iterations) })
      return
    }
    let resumed = performance.now()
    for (const { positions, iteration } of descend(gradient, start, settings)) {
      if (iteration % refreshEvery === 0 || iteration === iterations)
        emit({ kind: 'value', value: layout(positions, iteration), progress: progress(iteration) })
      if (performance.now() - resumed < SLICE) continue
      await yieldToEventLoop()
      signal.throwIfAborted()
      resumed = performance.now()
    }
  })
}

type Settings = Required<Omit<TsneOptions, 'learningRate'>> & {
  readonly learningRate: number
  readonly loweredFrom?: number
}

function settingsOf(options: TsneOptions, n: number): Settings {
  const { iterations = 1000, learningRate = 'auto', refreshEvery = 25, reduceTo = 50, seed = 0 } = options
  const { perplexity = 30, initialization = 'pca' } = options
  const whole = { iterations, refreshEvery, reduceTo }
  for (const [name, value] of Object.entries(whole))
    if (!Number.isInteger(value) || value < 1)
      throw new VatunError('bad-input', `tsne: ${name} is ${value}, expected a whole number of at least 1`)
  if (!(perplexity >= 1 && Number.isFinite(perplexity)))
    throw new VatunError('bad-input', `tsne: perplexity is ${perplexity}, expected a number of at least 1`)
  if (learningRate !== 'auto' && !(learningRate > 0 && Number.isFinite(learningRate)))
    throw new VatunError('bad-input', `tsne: learningRate is ${learningRate}, expected "auto" or a positive number`)
  const possible = Math.max(1, (n - 1) / 3)
  return {
    ...whole,
    seed,
    initialization,
    learningRate: learningRate === 'auto' ? Math.max(n / 48, Math.min(n / 12, 50)) : learningRate,
    perplexity: Math.min(perplexity, possible),
    ...(perplexity > possible ? { loweredFrom: perplexity } : {}),
  }
}

/** Everything before the first iteration. */
function* prepared(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
  settings: Settings,
): Pausing<{
  gradient: TsneGradient
  start: Float64Array
  facts: Pick<Layout, 'perplexity' | 'loweredFrom' | 'dimensions' | 'explainedVariance'>
}> {
  const { perplexity, reduceTo, loweredFrom } = settings
  const { values, variance } = centred(features, n, d)
  const reduces = d > reduceTo
  const principal = yield* principalComponents(values, n, d, reduces ? reduceTo : 2, TOLERANCE)
  const dimensions = reduces ? principal.components : d
  const k = Math.max(0, Math.min(n - 1, Math.floor(3 * perplexity)))
  const neighbors = yield* neighborsOf(reduces ? principal.scores : values, n, dimensions, k)
  const affinities = yield* affinitiesOf(neighbors, n, perplexity)
  const explained = principal.variances.reduce((sum, v) => sum + v, 0)
  return {
    gradient: new TsneGradient(affinities, n),
    start: startingPositions(principal, n, settings),
    facts: {
      perplexity,
      ...(loweredFrom === undefined ? {} : { loweredFrom }),
      dimensions,
      explainedVariance: reduces && variance > 0 ? Math.min(1, explained) : 1,
    },
  }
}

/**
 * Small positions, so that early attraction can sort the points. The first two principal components keep what is far apart
 * far apart (Kobak & Berens, Nature Communications 2019); a hundredth of noise on top separates equal points.
 */
function startingPositions(principal: PrincipalComponents, n: number, settings: Settings): Float64Array {
  const random = normalRandom(settings.seed)
  if (settings.initialization === 'random') return Float64Array.from({ length: 2 * n }, () => 1e-4 * random())
  const { scores, components, variances } = principal
  const unit = 1e-4 / Math.sqrt(variances[0] || 1)
  return Float64Array.from({ length: 2 * n }, (_, i) => {
    const score = i % 2 < components ? scores[(i >> 1) * components + (i % 2)]! : 0
    return unit * score + 1e-6 * random()
  })
}
