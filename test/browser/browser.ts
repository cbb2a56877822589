/**
 * A real Chromium for the browser tests. Every page that it opens is watched: what the console says is wrong, what a
 * policy refuses and what is asked of another host fails the test that opened it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../src/find-chromium.ts'

const ROOT = join(import.meta.dirname, '../..')
const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update']

/** `false`, or why browser tests cannot run here; said aloud, so that nobody takes them for passed. */
export async function whyNoBrowser(): Promise<false | string> {
  const program = await findChromium(join(ROOT, '.cache'), (line) => console.error(line))
  if (program) return false
  console.error('SKIPPED: browser tests (no Chromium on PATH, and no apt to get one)')
  return 'no Chromium on PATH, and no apt to get one'
}

export type Browser = Awaited<ReturnType<typeof openBrowser>>

/** @param url the only address that pages may load from */
export async function openBrowser(url: string, { scheme = 'light' }: { scheme?: 'light' | 'dark' } = {}) {
  const executablePath = await findChromium(join(ROOT, '.cache'), () => undefined)
  assert.ok(executablePath, 'there is a Chromium')
  const folder = await mkdtemp(join(tmpdir(), 'stageline-browser-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    colorScheme: scheme,
    viewport: { width: 1280, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-sync', ...QUIET],
  })
  const faults: string[] = []
  context.on('page', (page) => watch(page, url, faults))
  return {
    open: async (path: string): Promise<Page> => {
      const page = await context.newPage()
      await page.goto(url + path)
      return page
    },
    /** What was wrong on any page so far. */
    faults,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function watch(page: Page, url: string, faults: string[]): void {
  const note = (what: string) => faults.push(`${new URL(page.url(), url).pathname}: ${what}`)
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && note(message.text()))
  page.on('pageerror', (error) => note(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) note(`loads ${request.url()}`)
  })
}

/** Signs in by the form, as a person would. */
export async function signIn(browser: Browser, key: string): Promise<Page> {
  const page = await browser.open('/')
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'The line', level: 1 }).waitFor()
  return page
}
