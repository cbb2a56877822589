import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { invoiceModel, type InvoiceModel, type InvoiceModelFile } from './invoice/invoice-model.ts'
import { productModel, type ProductModel, type ProductModelFile } from './product/product-model.ts'
import { receiptModel, type ReceiptModel, type ReceiptModelFile } from './receipt/receipt-model.ts'

export type Models = { receipt: () => ReceiptModel; invoice: () => InvoiceModel; productPage: () => ProductModel }

/** The models that training wrote to `models/`, each read when it is first needed: an idle worker stays small. */
export const shippedModels = (dir: string = join(import.meta.dirname, '../models')): Models => ({
  receipt: once(() => receiptModel(read<ReceiptModelFile>(dir, 'receipt'))),
  invoice: once(() => invoiceModel(read<InvoiceModelFile>(dir, 'invoice'))),
  productPage: once(() => productModel(read<ProductModelFile>(dir, 'product-page'))),
})

/** The files are our own, written by the training script of the same version. */
const read = <File>(dir: string, name: string): File =>
  JSON.parse(gunzipSync(readFileSync(join(dir, `${name}.json.gz`))).toString('utf8')) as File

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
