import type { SpriteSheet } from '@vatun/core'
import type { TileSource } from './draw-tiles.js'

/** Loads the newest sprite sheet for drawing. A sheet that does not load gives no tiles, so points stay points. */
export class TileLoader {
  /** The newest sheet that is loaded. */
  tiles: TileSource | null = null
  readonly #loaded: () => void
  #wanted: SpriteSheet | undefined

  /** @param loaded Called after {@link tiles} has changed. */
  constructor(loaded: () => void) {
    this.#loaded = loaded
  }

  /** Asks for a sheet; does nothing when it is the one asked for before. */
  load(sheet: SpriteSheet | undefined): void {
    if (!sheet || sheet === this.#wanted) return
    this.#wanted = sheet
    const image = new Image()
    image.onload = () => {
      if (this.#wanted !== sheet) return
      this.tiles = { sheet, image }
      this.#loaded()
    }
    image.src = sheet.url
  }
}
