import '@vatun/view-kit/define.js'
import { defineElement } from '@vatun/view-kit'
import { VatunClassList } from './class-list.js'
import { VatunConfusionTable } from './confusion-table.js'
import { VatunEmbedding } from './embedding-view.js'
import { VatunScatter } from './scatter.js'

defineElement('vatun-class-list', VatunClassList)
defineElement('vatun-confusion-table', VatunConfusionTable)
defineElement('vatun-scatter', VatunScatter)
defineElement('vatun-embedding', VatunEmbedding)
