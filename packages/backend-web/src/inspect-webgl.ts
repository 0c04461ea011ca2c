const software = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** Why WebGL is not worth using in this page or worker, in one sentence; undefined when it runs on a GPU. */
export function inspectWebGL(): string | undefined {
  const canvas = makeCanvas()
  const context = canvas?.getContext('webgl2') as WebGL2RenderingContext | null | undefined
  if (!context) return 'WebGL 2 is not available here'
  const names = context.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER))
  // Browsers allow only a few contexts at a time.
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return isSoftwareRenderer(renderer) ? `WebGL is drawn by software here (${renderer})` : undefined
}

/** Whether the name of a WebGL renderer is that of a program on the CPU. */
export function isSoftwareRenderer(renderer: string): boolean {
  return software.test(renderer)
}

function makeCanvas(): HTMLCanvasElement | OffscreenCanvas | undefined {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(1, 1)
  return typeof document === 'undefined' ? undefined : document.createElement('canvas')
}
