import '@vatun/view-kit/define.js'
import { defineElement } from '@vatun/view-kit'
import { VatunFilterMap } from './filter-map.js'
import { VatunNetwork } from './network-view.js'
import { VatunPatternList } from './pattern-list.js'
import { VatunTopImages } from './top-images.js'

defineElement('vatun-filter-map', VatunFilterMap)
defineElement('vatun-pattern-list', VatunPatternList)
defineElement('vatun-top-images', VatunTopImages)
defineElement('vatun-network', VatunNetwork)
