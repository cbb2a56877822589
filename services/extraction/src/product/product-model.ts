import type { Calibration } from '../calibration.ts'
import { LinearModel, type LinearModelFile } from '@stageline/models'

export type ProductModelFile = {
  price: LinearModelFile
  sku: LinearModelFile
  calibration: { price?: Calibration; sku?: Calibration }
}
export type ProductModel = { price: LinearModel; sku: LinearModel; calibration: ProductModelFile['calibration'] }

export const productModel = (file: ProductModelFile): ProductModel => ({
  price: new LinearModel(file.price),
  sku: new LinearModel(file.sku),
  calibration: file.calibration,
})
