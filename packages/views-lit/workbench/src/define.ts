import '@vatun/view-embedding/define.js'
import '@vatun/view-kit/define.js'
import '@vatun/view-network/define.js'
import '@vatun/view-simulation/define.js'
import '@vatun/view-testing/define.js'
import { defineElement } from '@vatun/view-kit'
import { VatunExportDialog } from './export-dialog.js'
import { VatunHelpDialog } from './help-dialog.js'
import { VatunStatusLine } from './status-line.js'
import { VatunWorkbench } from './workbench.js'

defineElement('vatun-export-dialog', VatunExportDialog)
defineElement('vatun-help-dialog', VatunHelpDialog)
defineElement('vatun-status-line', VatunStatusLine)
defineElement('vatun-workbench', VatunWorkbench)
