import type { Classifier } from '@vatun/core'
import type { ClassifierOptions } from '@vatun/core/layers'
import { type OnnxSource, openProgram } from './open-program.js'

/**
 * Opens an ONNX image classifier as a differentiable network on the current tfjs backend.
 *
 * The file has one image input, channels first or last, of float32, float16 or uint8, whose size `options.input` gives where the file leaves it
 * open, and an output with one value for each class, logits or softmax; `options.outputName` names it where there are several. Inside, images are
 * channels-last. Layer names are made readable: `/blocks/blocks.3/c1/Conv` becomes `blocks.3.c1`.
 *
 * @param source The file's bytes, or where they are: a path or URL in Node, a URL in a browser.
 * @param options Name, class names and preprocessing; a `ModelSpec` will do.
 * @returns The caller disposes it.
 * @throws VatunError `not-found` or `io` if the file cannot be read, `unsupported` for a valid model that is not covered
 *   (all unsupported operators at once), `bad-input` for a damaged file or options that do not fit.
 */
export async function openOnnx(source: OnnxSource, options: ClassifierOptions): Promise<Classifier> {
  return (await openProgram(source, options)).classifier
}
