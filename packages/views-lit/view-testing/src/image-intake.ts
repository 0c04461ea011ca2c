import { type Session, toVatunError } from '@vatun/core'
import type { LitElement, ReactiveController } from 'lit'
import { BehaviorSubject } from 'rxjs'
import { type ReadUpload, readUpload } from './read-upload.js'

/**
 * Images that a person brings to an element, by file dialog or by drag and drop: reads them to the size of the session's model, the
 * latest wins. Listens to the host while it is connected.
 */
export class ImageIntake implements ReactiveController {
  /** The image brought last; null when there is none, or it has been taken back. */
  readonly upload = new BehaviorSubject<ReadUpload | null>(null)
  /** Why the last try failed, or what was left out of it; empty for nothing. */
  problem = ''
  /** Whether files are being dragged over the host. */
  dragging = false
  readonly #host: LitElement & { readonly session: Session | undefined }
  #session: Session | undefined
  /** Tells the latest upload from those before it. */
  #turn = 0

  constructor(host: LitElement & { readonly session: Session | undefined }) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#host.addEventListener('dragover', this.#dragOver)
    this.#host.addEventListener('dragleave', this.#dragLeave)
    this.#host.addEventListener('drop', this.#drop)
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('dragover', this.#dragOver)
    this.#host.removeEventListener('dragleave', this.#dragLeave)
    this.#host.removeEventListener('drop', this.#drop)
    this.#turn++
    this.dragging = false
  }

  /** An upload has the input size of the model it was brought to: another session starts without one. */
  belongTo(session: Session): void {
    if (session !== this.#session) this.remove()
    this.#session = session
  }

  /** Takes the upload back. */
  remove(): void {
    if (this.upload.value) this.upload.next(null)
  }

  dismiss(): void {
    this.#say('')
  }

  /** Handles `change` of an `<input type="file">`. */
  readonly choose = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const file = input.files?.[0]
    if (file) void this.#read(file, '')
    // The same file can be chosen again.
    input.value = ''
  }

  readonly #dragOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    this.#drag(true)
  }

  readonly #dragLeave = (event: DragEvent): void => {
    if (!this.#host.contains(event.relatedTarget as Node | null)) this.#drag(false)
  }

  readonly #drop = (event: DragEvent): void => {
    this.#drag(false)
    const files = event.dataTransfer?.files ?? []
    if (files.length === 0) return
    event.preventDefault()
    void this.#read(files[0]!, files.length > 1 ? `${files.length} files dropped, showing the first.` : '')
  }

  async #read(file: File, remark: string): Promise<void> {
    const { session } = this.#host
    if (!session?.ports.predict) {
      this.#say('Uploads need an engine that predicts, and this page has none.')
      return
    }
    const turn = ++this.#turn
    try {
      const upload = await readUpload(file, session.subject.model.input)
      if (turn !== this.#turn) return
      this.#say(remark)
      this.upload.next(upload)
    } catch (error) {
      if (turn === this.#turn) this.#say(toVatunError(error, 'upload').message)
    }
  }

  #drag(dragging: boolean): void {
    this.dragging = dragging
    this.#host.requestUpdate()
  }

  #say(problem: string): void {
    this.problem = problem
    this.#host.requestUpdate()
  }
}
