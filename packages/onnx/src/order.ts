export { CHANNELS_LAST, dropAxes, fileOrder, type Order, padOrder, reorder, sameOrder } from '@vatun/core/layers'
