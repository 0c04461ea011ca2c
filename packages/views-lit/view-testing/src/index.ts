export * from './image-pane.js'
export * from './region.js'
export * from './region-editor.js'
export * from './testing-view.js'
