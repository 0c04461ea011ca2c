import { valueSoFar } from '../results.js'
import type { Session } from '../session.js'
import { classLabels } from './class-names.js'

/** Selects images in the embedding view: instead of what it had selected, or in addition to it. */
export function selectInEmbedding(session: Session, indices: readonly number[], mode: 'replace' | 'add'): void {
  const own = session.state.selection.find((clause) => clause.source === 'embedding')
  const all = new Set(mode === 'add' ? [...(own?.indices ?? []), ...indices] : indices)
  const [only] = all
  session.select('embedding', all.size === 1 ? `image ${only}` : `${all.size.toLocaleString('en')} selected`, all)
}

/** Selects the images of a true class; of one predicted class among them when given; clears when just that is selected. */
export function selectClassInEmbedding(session: Session, label: number, predicted?: number): void {
  const name = (c: number) => classLabels(session.subject.model.classNames)[c] ?? `class ${c}`
  const clause = predicted === undefined ? name(label) : `${name(label)} → ${name(predicted)}`
  selectRows(session, clause, (l, p) => l === label && (predicted === undefined || p === predicted))
}

/** Selects the images that are predicted wrong; clears when just these are selected. */
export function selectWrongInEmbedding(session: Session): void {
  selectRows(session, 'wrong', (label, predicted) => label !== predicted)
}

function selectRows(session: Session, clause: string, keep: (label: number, predicted: number) => boolean): void {
  const own = session.state.selection.find(({ source }) => source === 'embedding')
  if (own?.label === clause) {
    session.clearSelection('embedding')
    return
  }
  const table = valueSoFar(session.results.predictions)
  if (!table) return
  const indices = [...table.indices].filter((_, r) => keep(table.labels[r]!, table.predicted[r]!))
  session.select('embedding', clause, indices)
}
