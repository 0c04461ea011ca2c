import { VatunChip } from './chip.js'
import { VatunClassPicker } from './class-picker.js'
import { defineElement } from './define-element.js'
import { VatunLineChart } from './line-chart.js'
import { VatunPie } from './pie.js'
import { VatunProgress } from './progress.js'
import { VatunSelectionChips } from './selection-chips.js'
import { VatunState } from './state.js'
import { VatunThumbnail } from './thumbnail.js'
import { VatunTooltip } from './tooltip.js'

defineElement('vatun-chip', VatunChip)
defineElement('vatun-class-picker', VatunClassPicker)
defineElement('vatun-line-chart', VatunLineChart)
defineElement('vatun-pie', VatunPie)
defineElement('vatun-progress', VatunProgress)
defineElement('vatun-selection-chips', VatunSelectionChips)
defineElement('vatun-state', VatunState)
defineElement('vatun-thumbnail', VatunThumbnail)
defineElement('vatun-tooltip', VatunTooltip)
