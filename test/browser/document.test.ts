import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type Line, untilState } from '../flow/line.ts'
import { openBrowser, signIn, whyNoBrowser, type Browser } from './browser.ts'

const SAMPLES = join(import.meta.dirname, '../../examples/samples')
const skip = await whyNoBrowser()

describe('a person with a browser', { skip }, () => {
  let line: Line
  let browser: Browser
  before(async () => {
    line = await startLine()
    browser = await openBrowser(line.baseUrl)
  })
  after(async () => {
    await browser?.[Symbol.asyncDispose]()
    await line?.[Symbol.asyncDispose]()
  })

  it('uploads a document, watches it go through, and reads what came of it', async () => {
    const page = await signIn(browser, line.apiKey)

    await page.getByLabel('Drop files here').setInputFiles(join(SAMPLES, 'ubl-invoice.xml'))
    await page.getByRole('button', { name: 'Submit' }).click()
    const uploaded = page.locator('[data-drop-results] a')
    await uploaded.waitFor()
    await page.locator('[data-live=jobs] tbody tr', { hasText: 'completed' }).waitFor({ timeout: 30_000 })
    assert.match((await page.locator('[data-live=picture] svg').getAttribute('aria-label')) ?? '', /scoring: .* 1 done/)

    await uploaded.click()
    await page.getByRole('heading', { name: /^Invoice/, level: 1 }).waitFor()
    const total = page.locator('tr[data-field=gross_total]')
    assert.match(await total.innerText(), /4186\.60[^]*\d+ %[^]*machine data/)
    const hops = await page.getByRole('region', { name: 'History' }).locator('tbody tr').allInnerTexts()
    for (const stage of ['classification', 'extraction', 'enrichment', 'scoring'])
      assert.ok(
        hops.some((hop) => hop.includes(stage) && /queued[^]*ms[^]*processing[^]*completed/.test(hop)),
        hops.join('\n'),
      )
    assert.match(await page.locator('.decisions').innerText(), /Automation by confidence-v1/)
    assert.deepEqual(browser.faults, [])
    await page.close()
  })

  it('drops a file on the page', async () => {
    const page = await browser.open('/')
    const text = await readFile(join(SAMPLES, 'product-lamp.html'), 'utf8')
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(text)}], 'product-lamp.html', { type: 'text/html' }))
      return transfer
    })()`)

    await page.locator('[data-drop]').dispatchEvent('drop', { dataTransfer: dropped })

    const link = page.locator('[data-drop-results] a', { hasText: 'product-lamp.html' })
    await link.waitFor()
    await untilState(line, idIn(await link.getAttribute('href')), ['completed', 'suspended'])
    assert.deepEqual(browser.faults, [])
    await page.close()
  })

  it('corrects one field of a doubtful invoice and sees the job complete', async () => {
    const page = await browser.open('/')
    await page.getByLabel('Drop files here').setInputFiles(join(SAMPLES, 'invoice-one-cent.pdf'))
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.locator('[data-drop-results] a').click()
    const task = page.getByRole('link', { name: 'open the task' })
    await task.waitFor({ timeout: 30_000 })
    await task.click()

    await page.getByRole('heading', { name: 'Failed checks' }).waitFor()
    assert.match(await page.locator('.check-failed').innerText(), /320\.96, but the total says 320\.97/)
    const total = page.getByLabel('Gross total')
    assert.equal(await total.inputValue(), '320.97')
    await total.focus()
    assert.equal(await isMarked(page, 'gross_total'), true, 'its place on the page is marked')
    await correct(page, { 'Gross total': '320.96', 'Due amount': '320.96' })
    await page.getByLabel('Reason').fill('The sum was printed wrongly')
    await page.getByRole('button', { name: 'Retry' }).click()

    await page.locator('.headline .badge', { hasText: 'completed' }).waitFor({ timeout: 30_000 })
    assert.match(await page.locator('tr[data-field=gross_total]').innerText(), /320\.96/)
    assert.deepEqual(browser.faults, [])
    await page.close()
  })
})

const idIn = (href: string | null): string => href?.split('/').at(-1) ?? ''

const isMarked = (page: Page, name: string): Promise<boolean> =>
  page.locator(`rect[data-mark=${name}]`).evaluate((mark) => mark.classList.contains('on'))

async function correct(page: Page, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value)
}
