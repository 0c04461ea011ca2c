import { canvasPicture, type Picture, type VatunLineChart } from '@vatun/view-kit'

const figures = [
  ['original', 'the original image'],
  ['changed', 'the changed image'],
] as const

/** The images with what lies over them, in their own pixels, and the charts of all changes, as far as they are there. */
export function testingPictures(root: ParentNode): readonly Picture[] {
  const canvases = [...root.querySelectorAll('vatun-testing-image')].map((image) =>
    image.renderRoot.querySelector('canvas'),
  )
  const charts = [...root.querySelectorAll<VatunLineChart>('.charts vatun-line-chart')]
  return [
    ...figures.flatMap(([name, content], i): Picture[] => {
      const canvas = canvases[i]
      return canvas ? [{ file: `${name}.png`, content, draw: () => canvasPicture([canvas]) }] : []
    }),
    ...charts.flatMap((chart): Picture[] => {
      const { axis } = chart
      if (!axis) return []
      const content = `the chart of ${axis.label} for this image`
      return [{ file: `image-${axis.name}.svg`, content, draw: async () => chart.picture() }]
    }),
  ]
}
