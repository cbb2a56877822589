export { calibrated, type Calibration } from '@stageline/models'
