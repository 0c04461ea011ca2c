import type { SpriteSheet } from '@vatun/core'
import type { TileSource } from './draw-tiles.js'

/** Loads the newest sprite sheet for drawing. A sheet that does not load gives no tiles, so points stay points. */
export class TileLoader {
  /** The newest sheet that is loaded. */
  tiles: (TileSource & { readonly image: ImageBitmap }) | null = null
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
    void decode(sheet.url).then((image) => {
      if (this.#wanted !== sheet) return image?.close()
      // A decoded picture is large, and the garbage collector does not see its size.
      this.tiles?.image.close()
      this.tiles = image ? { sheet, image } : null
      this.#loaded()
    })
  }
}

/** A picture that is decoded already: drawing an `<img>` would decode it on the main thread, 100 ms for 10,000 tiles. */
async function decode(url: string): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(await (await fetch(url)).blob())
  } catch {
    return undefined
  }
}
