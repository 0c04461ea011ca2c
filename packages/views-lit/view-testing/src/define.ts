import '@vatun/view-kit/define.js'
import { defineElement } from '@vatun/view-kit'
import { VatunTestingImage } from './image-pane.js'
import { VatunTestingRegion } from './region-editor.js'
import { VatunTesting } from './testing-view.js'

defineElement('vatun-testing-image', VatunTestingImage)
defineElement('vatun-testing-region', VatunTestingRegion)
defineElement('vatun-testing', VatunTesting)
