export type { CellDetail } from './simulation-grid.js'
export { VatunSimulationGrid } from './simulation-grid.js'
export { VatunSimulation } from './simulation-view.js'
