import { Observable, timer } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { expect } from 'vitest'
import type { Axis } from '../../augmentation.js'
import type { ClassifierInfo } from '../../classifier.js'
import type { Step } from '../../step.js'
import type {
  ExplainRequest,
  ExplainResult,
  PredictRequest,
  PredictResult,
  SessionPorts,
  SweepRequest,
  SweepResult,
} from '../ports.js'
import { Session } from '../session.js'
import type { TestingViewState } from './testing-state.js'
import { type TestingViewInputs, testingView } from './testing-view.js'

const rotation: Axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-90, 0, 90],
}
const blur: Axis = { ...rotation, name: 'blur', label: 'Blur', parameter: 'sigma', min: 0, degrees: [0, 1] }
const model: ClassifierInfo = {
  name: 'tiny',
  hash: '',
  format: 'onnx',
  input: { height: 2, width: 2, channels: 1 },
  classNames: ['cat', 'dog', 'frog'],
  layers: [{ name: 'conv', kind: 'conv', channels: 2, height: 2, width: 2 }],
  penultimate: 'pool',
  lastConv: 'conv',
  output: 'logits',
}
export const image = { data: new Uint8Array(4), n: 1, height: 2, width: 2, channels: 1 }

/** Ports that answer after a while and record their life. Tensor-free: what is under test is who is asked when. */
export function fakePorts(took = { predict: 20, explain: 30, sweep: 50 }) {
  const log: string[] = []
  const live = new Set<string>()
  const answer = <R>(name: string, value: R, ms: number): Observable<Step<R>> =>
    new Observable((subscriber) => {
      log.push(name)
      live.add(name)
      const done = { done: 1, total: 1, unit: 'images' }
      const timed = timer(ms).subscribe(() => {
        live.delete(name)
        subscriber.next({ kind: 'value', value, progress: done })
        subscriber.complete()
      })
      return () => {
        timed.unsubscribe()
        if (live.delete(name)) log.push(`cancel ${name}`)
      }
    })
  const ref = (r: PredictRequest) => (r.image.kind === 'dataset' ? `${r.image.index}` : r.image.name)
  const steps = (r: PredictRequest) =>
    r.pipeline.map((s) => `${s.name}=${s.degrees ?? s.sigma}`).join('+') || 'original'
  const ports: SessionPorts = {
    predict: (r: PredictRequest) => {
      const changed = r.pipeline.length > 0
      const result: PredictResult = {
        image,
        probabilities: Float32Array.from(changed ? [0.2, 0.1, 0.7] : [0.9, 0.06, 0.04]),
        features: Float32Array.from(changed ? [0, 2] : [3, 0]),
      }
      return answer(`predict ${ref(r)} ${steps(r)}`, result, took.predict)
    },
    explain: (r: ExplainRequest) => {
      const result: ExplainResult = {
        map: Float32Array.from([0, 1, 2, r.pipeline.length > 0 ? 5 : 3]),
        height: 2,
        width: 2,
      }
      return answer(`explain ${ref(r)} ${steps(r)} ${r.layer} ${r.classIndex}`, result, took.explain)
    },
    sweep: (r: SweepRequest) => {
      const probabilities = new Float32Array(r.axis.degrees.length * 3)
      const result: SweepResult = { axis: r.axis, degrees: r.axis.degrees, probabilities, classes: 3 }
      return answer(`sweep ${ref(r)} ${r.axis.name} ${steps(r)}`, result, took.sweep)
    },
  }
  return { ports, log, live }
}

/** A session of ten images. */
export function open(ports: SessionPorts, state = {}) {
  const subject = { model, dataset: { name: 'd', length: 10 }, images: 10, axes: [rotation, blur] }
  return new Session({ subject, ports, state })
}

/** Runs in virtual time. */
export function inTime(body: (at: (ms: number, act: () => void) => void) => void) {
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(() => body((ms, act) => timer(ms).subscribe(act)))
}

/** Subscribes at once and gives the states seen so far. */
export function watch(session: Session, inputs?: TestingViewInputs) {
  const seen: TestingViewState[] = []
  const subscription = testingView(session, inputs).subscribe((s) => seen.push(s))
  return { seen, last: () => seen[seen.length - 1]!, subscription }
}

/** A pipeline of one rotation. */
export const turned = (degrees: number) => [{ name: 'rotation', degrees }]
