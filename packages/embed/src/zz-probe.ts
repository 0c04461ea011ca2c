import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../core/src/errors.js'
import { gradCam } from '@vatun/explain'
export const x = [tf, VatunError, gradCam]
