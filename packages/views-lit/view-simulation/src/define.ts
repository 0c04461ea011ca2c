import '@vatun/view-kit/define.js'
import { defineElement } from '@vatun/view-kit'
import { VatunSimulationGrid } from './simulation-grid.js'
import { VatunSimulation } from './simulation-view.js'

defineElement('vatun-simulation-grid', VatunSimulationGrid)
defineElement('vatun-simulation', VatunSimulation)
