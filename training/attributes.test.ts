import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AttributeModel } from '../services/extraction/src/attributes/attribute-model.ts'
import { readAttributes } from '../services/extraction/src/attributes/read-attributes.ts'
import { titleParts } from '../services/extraction/src/attributes/title-form.ts'
import { learnTitles } from './attributes.ts'

test('a reader of titles finds values that it has not met, and none where there is none', () => {
  const categories = [{ category: 'Tea', attributes: ['Brand', 'Net content'] }]
  const examples = Array.from({ length: 60 }, (_, index) => {
    const brand = `Fictive${'abcdefghij'[index % 10]}`
    const [title, content] = index % 3 === 0 ? [`${brand} Tea`] : [`${brand} Tea, ${index} Count`, `${index} Count`]
    const attributes = { Brand: [brand], ...(content ? { 'Net content': [content] } : {}) }
    const item = { id: `${index}`, title, category: 'Tea' }
    return { item, truth: { id: item.id, category: 'Tea', attributes }, parts: titleParts(title) }
  })
  const options = { epochs: 10, rate: 0.1, penalty: 1e-3 }
  const model = new AttributeModel({
    ...learnTitles(categories, examples, { silenceIsNone: true, options }),
    calibration: [],
  })

  const [brand, content] = readAttributes(model, 'Exempla Tea, 777 Count', 'tea')
  const without = readAttributes(model, 'Exempla Tea', 'tea').filter(({ score }) => score > 0.5)

  assert.deepEqual([brand?.name, brand?.value], ['Brand', 'Exempla'])
  assert.deepEqual([content?.name, content?.value], ['Net content', '777 Count'])
  assert.deepEqual(
    without.map(({ value }) => value),
    ['Exempla'],
  )
  assert.deepEqual(readAttributes(model, 'Exempla Tea', 'Submarines'), [])
})
