export * from './explain-image.js'
export * from './grad-cam.js'
export * from './resize-map.js'
export * from './top-images.js'
