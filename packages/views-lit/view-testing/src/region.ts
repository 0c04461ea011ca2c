import type { AugmentationStep, Pipeline, Region } from '@vatun/core'
import { findStep, removeStep, setStep } from '@vatun/core'

/** How a region is drawn: as a box, as the ellipse in a box, or by hand. */
export type RegionTool = Region['shape']

/** A pixel of the image. */
export interface Pixel {
  readonly row: number
  readonly column: number
}

const stepName = 'removeRegion'

/** The region that a pipeline removes, where it can be drawn. */
export function regionIn(pipeline: Pipeline): Region | undefined {
  const step = findStep(pipeline, stepName)
  return step && isRegion(step) ? step : undefined
}

/** What takes the place of a removed region: black, or the mean colour of the image. */
export type RegionFill = 'black' | 'mean'

/** What fills the region that a pipeline removes; undefined when it removes none. */
export function fillIn(pipeline: Pipeline): RegionFill | undefined {
  const step = findStep(pipeline, stepName)
  return step && (step.fill === 'mean' ? 'mean' : 'black')
}

/** The pipeline that removes this region, or none. */
export function withRegion(pipeline: Pipeline, region: Region | null, fill: RegionFill = 'black'): Pipeline {
  if (!region) return removeStep(pipeline, stepName)
  return setStep(pipeline, { name: stepName, ...region, ...(fill === 'mean' ? { fill } : {}) })
}

/** The pipeline with another fill of its region; the same one when it removes none. */
export function withFill(pipeline: Pipeline, fill: RegionFill): Pipeline {
  const step = findStep(pipeline, stepName)
  if (!step) return pipeline
  const { fill: _before, ...region } = step
  return setStep(pipeline, fill === 'mean' ? { ...region, fill } : region)
}

/** The smallest box around two pixels, both included. */
export function boxAround(shape: 'rectangle' | 'ellipse', a: Pixel, b: Pixel): Region {
  return {
    shape,
    top: Math.min(a.row, b.row),
    left: Math.min(a.column, b.column),
    height: Math.abs(a.row - b.row) + 1,
    width: Math.abs(a.column - b.column) + 1,
  }
}

/** The pixels within `radius` of a line from `a` to `b`, inside the image. */
export function strokePixels(a: Pixel, b: Pixel, radius: number, size: { height: number; width: number }): number[] {
  const pixels: number[] = []
  const [dr, dc] = [b.row - a.row, b.column - a.column]
  const squared = dr * dr + dc * dc
  for (let row = 0; row < size.height; row++)
    for (let column = 0; column < size.width; column++) {
      const along = squared === 0 ? 0 : ((row - a.row) * dr + (column - a.column) * dc) / squared
      const t = Math.min(1, Math.max(0, along))
      if (Math.hypot(row - a.row - t * dr, column - a.column - t * dc) <= radius) pixels.push(row * size.width + column)
    }
  return pixels
}

/** The box moved and resized by so many pixels, at least one pixel large and inside the image. */
export function moveBox(
  region: Extract<Region, { top: number }>,
  by: { readonly row?: number; readonly column?: number; readonly height?: number; readonly width?: number },
  size: { height: number; width: number },
): Region {
  const limit = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))
  const height = limit(region.height + (by.height ?? 0), 1, size.height)
  const width = limit(region.width + (by.width ?? 0), 1, size.width)
  return {
    shape: region.shape,
    height,
    width,
    top: limit(region.top + (by.row ?? 0), 0, size.height - height),
    left: limit(region.left + (by.column ?? 0), 0, size.width - width),
  }
}

function isRegion(step: AugmentationStep): step is AugmentationStep & Region {
  if (step.shape === 'pixels') return Array.isArray(step.pixels)
  if (step.shape !== 'rectangle' && step.shape !== 'ellipse') return false
  return [step.top, step.left, step.height, step.width].every((v) => typeof v === 'number' && Number.isFinite(v))
}
