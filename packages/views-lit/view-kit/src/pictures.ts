/** A picture of a part of a view that a person can take along. */
export interface Picture {
  /** File name: `embedding.png`. */
  readonly file: string
  /** What is to be seen, in words. */
  readonly content: string
  readonly draw: () => Promise<Blob>
}

/** Properties that style sheets give to the parts of our charts; a file has no style sheet. */
const inlined = [
  'display',
  'fill',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'stroke',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
] as const

/** Canvases that lie on each other, as one PNG with the pixels that they have on the screen. */
export async function canvasPicture(layers: readonly HTMLCanvasElement[]): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = layers[0]!.width
  canvas.height = layers[0]!.height
  const context = canvas.getContext('2d')!
  context.fillStyle = groundOf(layers[0]!)
  context.fillRect(0, 0, canvas.width, canvas.height)
  for (const layer of layers) context.drawImage(layer, 0, 0)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the canvas has no picture')))),
  )
}

/** A drawing as an SVG file of its own, with the look that it has on the page. */
export function svgPicture(svg: SVGSVGElement): Blob {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const { width, height } = svg.getBoundingClientRect()
  const label = svg.getAttribute('aria-label')
  for (const { name } of [...copy.attributes]) copy.removeAttribute(name)
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', `${width}`)
  copy.setAttribute('height', `${height}`)
  copy.setAttribute('role', 'img')
  if (label) copy.setAttribute('aria-label', label)
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`)
  const copies = copy.querySelectorAll<SVGElement>('*')
  for (const [i, part] of svg.querySelectorAll('*').entries()) {
    const style = getComputedStyle(part)
    copies[i]!.setAttribute('style', inlined.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'))
    copies[i]!.removeAttribute('class')
  }
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  ground.setAttribute('width', '100%')
  ground.setAttribute('height', '100%')
  ground.setAttribute('fill', groundOf(svg))
  copy.prepend(ground)
  // Marks that templates leave on the page.
  const comments = document.createNodeIterator(copy, NodeFilter.SHOW_COMMENT)
  for (let at = comments.nextNode(); at; at = comments.nextNode()) at.parentNode!.removeChild(at)
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' })
}

/** The colour that is seen behind an element. */
function groundOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement ?? hostOf(at)) {
    const { backgroundColor } = getComputedStyle(at)
    if (backgroundColor !== 'rgba(0, 0, 0, 0)' && backgroundColor !== 'transparent') return backgroundColor
  }
  return 'white'
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : null
}
