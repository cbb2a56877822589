import { join } from 'node:path'
import { readModelFile } from '@stageline/models'
import { AttributeModel, type AttributeModelFile } from './attributes/attribute-model.ts'
import { invoiceModel, type InvoiceModel, type InvoiceModelFile } from './invoice/invoice-model.ts'
import { productModel, type ProductModel, type ProductModelFile } from './product/product-model.ts'
import { receiptModel, type ReceiptModel, type ReceiptModelFile } from './receipt/receipt-model.ts'

export type Models = {
  receipt: () => ReceiptModel
  invoice: () => InvoiceModel
  productPage: () => ProductModel
  /** One for each source of titles, whose categories it knows. */
  attributes: () => AttributeModel[]
}

/** The models that training wrote to `models/`, each read when it is first needed: an idle worker stays small. */
export const shippedModels = (dir: string = join(import.meta.dirname, '../models')): Models => ({
  receipt: once(() => receiptModel(read<ReceiptModelFile>(dir, 'receipt'))),
  invoice: once(() => invoiceModel(read<InvoiceModelFile>(dir, 'invoice'))),
  productPage: once(() => productModel(read<ProductModelFile>(dir, 'product-page'))),
  attributes: once(() => read<AttributeModelFile[]>(dir, 'attributes').map((file) => new AttributeModel(file))),
})

const read = <File>(dir: string, name: string): File => readModelFile<File>(join(dir, `${name}.json.gz`))

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
