import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** Images of the files. */
export const [HEIGHT, WIDTH, CHANNELS] = [5, 6, 3]

/** The files that `scripts/export_endings.py` has written, by name. */
export function readEndings(): ReadonlyMap<string, Uint8Array> {
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL('../fixtures/endings.bin.gz', import.meta.url))))
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const header: Record<string, [number, number]> = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)))
  return new Map(Object.entries(header).map(([name, [from, to]]) => [name, bytes.slice(start + from, start + to)]))
}

/**
 * What onnxruntime gives for images, one after the other.
 * @param pixels `[n, height, width, channels]` as the file's input has them.
 */
export async function runFile(
  file: Uint8Array,
  pixels: Float32Array,
  output?: string,
): Promise<{ readonly data: number[]; readonly perImage: number }> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const [metadata] = session.inputMetadata
  if (!metadata?.isTensor) throw new Error('no tensor as input')
  const [batch, second] = metadata.shape
  const rows = typeof batch === 'number' ? batch : 1
  const size = HEIGHT * WIDTH * CHANNELS
  const n = pixels.length / size
  const data: number[] = []
  for (let image = 0; image < n; image++) {
    // A fixed batch is the same image over and over.
    const one = pixels.subarray(image * size, (image + 1) * size)
    const isLast = second === HEIGHT
    const arranged = isLast ? one : toChannelsFirst(one)
    const many = Float32Array.from({ length: rows * size }, (_, i) => arranged[i % size]!)
    const dims = isLast ? [rows, HEIGHT, WIDTH, CHANNELS] : [rows, CHANNELS, HEIGHT, WIDTH]
    const input =
      metadata.type === 'uint8' ? new Tensor('uint8', Uint8Array.from(many), dims) : new Tensor('float32', many, dims)
    const results = await session.run({ [metadata.name]: input })
    const values = results[output ?? session.outputNames[0]!]!.data as Float32Array
    data.push(...values.slice(0, values.length / rows))
  }
  await session.release()
  return { data, perImage: data.length / n }
}

function toChannelsFirst(pixels: Float32Array): Float32Array {
  const area = HEIGHT * WIDTH
  return Float32Array.from(pixels, (_, i) => pixels[(i % area) * CHANNELS + Math.floor(i / area)]!)
}
