/**
 * Small trained models, as stages ship them: reading the file and predicting. Owns the format that training writes; must
 * not know what is predicted, nor how a model is trained (`training/`).
 */
export { calibrated, type Calibration } from './calibration.ts'
export { ChainModel, type ChainModelFile, type Chains } from './chain-model.ts'
export { LinearModel, type LinearModelFile, type Scores } from './linear-model.ts'
export { TreeModel, type Tree, type TreeModelFile } from './tree-model.ts'
export { readModelFile } from './read-model-file.ts'
