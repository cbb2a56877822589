import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { submitFile, type Line, partRecord, submit, untilState } from '../flow/line.ts'
import { openBrowser, signIn, whyNoBrowser, type Browser } from './browser.ts'

const skip = await whyNoBrowser()

describe('the pages', { skip }, () => {
  let line: Line
  let browser: Browser
  let dark: Browser
  let paths: string[]
  before(async () => {
    line = await startLine()
    browser = await openBrowser(line.baseUrl)
    dark = await openBrowser(line.baseUrl, { scheme: 'dark' })
    const doubtful = await submitFile(line, 'invoice-one-cent.pdf')
    const part = await submit(line, partRecord(1))
    await untilState(line, doubtful, ['suspended'])
    await untilState(line, part, ['completed'])
    const { openTasks } = await line.json<{ openTasks: string[] }>(`/v1/jobs/${doubtful}`)
    paths = ['/', `/jobs/${doubtful}`, `/jobs/${part}`, `/tasks/${openTasks[0]}`, '/problems/action.refused']
    for (const one of [browser, dark]) await (await signIn(one, line.apiKey)).close()
  })
  after(async () => {
    await browser?.[Symbol.asyncDispose]()
    await dark?.[Symbol.asyncDispose]()
    await line?.[Symbol.asyncDispose]()
  })

  it('never scroll sideways on a narrow screen', async () => {
    const page = await browser.open('/')
    await page.setViewportSize({ width: 360, height: 740 })
    for (const path of [...paths, '/docs']) {
      await page.goto(line.baseUrl + path)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, path)
    }
    assert.deepEqual(browser.faults, [])
    await page.close()
  })

  it('let every control be reached by Tab', async () => {
    const page = await browser.open('/')
    for (const path of paths) {
      await page.goto(line.baseUrl + path)
      const { reached, all } = await tabThrough(page)
      assert.ok(all.length >= 5, `${path} has ${all.length} controls`)
      assert.deepEqual(
        all.filter((control) => !reached.includes(control)),
        [],
        path,
      )
    }
    await page.close()
  })

  it('follow a dark system with text that stands out from its ground', async () => {
    const page = await dark.open('/')
    for (const path of paths) {
      await page.goto(line.baseUrl + path)
      const color = (name: string) => page.evaluate<string>(`getComputedStyle(document.body).${name}`)
      const [ground, ink] = [await color('backgroundColor'), await color('color')]
      assert.ok(lightness(ground) < 0.2 && lightness(ink) > 0.8, `${path}: ${ink} on ${ground}`)
    }
    assert.deepEqual(dark.faults, [])
    await page.close()
  })

  it('show the API reference with every operation', async () => {
    const page = await browser.open('/docs')
    await page.locator('.opblock').first().waitFor()
    const { paths: described } = await line.json<{ paths: Record<string, object> }>('/openapi.json')
    const operations = Object.values(described).flatMap((path) => Object.keys(path)).length

    assert.equal(await page.locator('.opblock').count(), operations)
    await page.locator('.opblock-summary-control').first().click()
    await page.locator('.opblock-body').first().waitFor()
    assert.deepEqual(browser.faults, [])
    await page.close()
  })

  it('show all queues in Bull Board, and lead from a message to its jobs', async () => {
    const page = await browser.open('/queues')
    for (const queue of ['classification', 'extraction', 'enrichment', 'scoring', 'manual-review'])
      await page.getByRole('link', { name: queue }).first().waitFor()
    await page.goto(`${line.baseUrl}/queues/queue/scoring?status=completed`)

    const link = page.getByRole('link', { name: 'Jobs', exact: true }).first()
    const href = (await link.getAttribute('href')) ?? ''
    await page.goto(new URL(href, line.baseUrl).href)

    await page.getByRole('heading', { name: 'Message of scoring' }).waitFor()
    const jobs = page.getByRole('region', { name: 'Jobs' }).getByRole('link')
    assert.equal(await jobs.count(), 1)
    assert.ok(paths.includes((await jobs.getAttribute('href')) ?? ''), 'the job is one that was scored')
    assert.deepEqual(browser.faults, [])
    await page.close()
  })
})

/** Presses Tab until the focus has gone round; controls are told apart by their place in the document. */
async function tabThrough(page: Page): Promise<{ reached: string[]; all: string[] }> {
  const all = await page.evaluate<string[]>(NAME_CONTROLS)
  const reached: string[] = []
  for (let i = 0; i < all.length * 2 + 20; i++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<string>(`document.activeElement?.getAttribute('data-tab') ?? ''`)
    if (at !== '' && at === reached[0]) break
    if (at !== '') reached.push(at)
  }
  return { reached, all }
}

const NAME_CONTROLS = `(() => {
  const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
  const visible = controls.filter((control) => control.checkVisibility())
  visible.forEach((control, i) => control.setAttribute('data-tab', i + ' ' + control.textContent.trim().slice(0, 30)))
  return visible.map((control) => control.getAttribute('data-tab'))
})()`

/** 0 black to 1 white, of `rgb(r, g, b)`. */
const lightness = (color: string): number => {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number)
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255
}
