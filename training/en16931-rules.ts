import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseXml } from '../packages/documents/src/text/read-xml.ts'
import { findViolations } from '../services/scoring/src/en16931/find-violations.ts'
import { loadScorer, readSet, type Dirs } from './data.ts'
import type { Figure, Measured } from './report.ts'

type Verdict = 'ok' | 'violated'
type Item = { id: string; rule: string; xml: string }
type Truth = { id: string; rule: string; verdict: Verdict }
type Scores = { accuracy: number; violated: { f1: number }; rules_fully_right: number }
type Scorer = { score(truth: Truth[], predictions: object[], options?: { rules: string }): Scores }

/** Families of rules by the beginning of their codes. */
const FAMILIES: Record<string, string> = {
  presence: '^BR-\\d+$',
  sums: '^BR-CO-',
  vat: '^BR-(S|Z|E|AE|IC|G|O|AF|AG|B)-',
  codes: '^BR-CL-',
  ubl: '^UBL-',
}

/** Nothing is learned: the rules are those of the standard, and all items are tested. */
export async function evaluateEn16931Rules(dirs: Dirs): Promise<Measured> {
  const examples = readSet<Item, Truth>(dirs.test, 'en16931-rules')
  const truth = examples.map((example) => example.truth)
  const started = performance.now()
  const predictions = examples.map(({ item }) => ({ id: item.id, verdict: verdictOf(item) }))
  const itemsPerSecond = Math.round((examples.length / (performance.now() - started)) * 1000)
  const { score } = await loadScorer<Scorer>(dirs.train, 'rules')
  const { accuracy, violated, rules_fully_right } = score(truth, predictions)
  const families = Object.entries(FAMILIES).map(([name, rules]) => [
    name,
    score(truth, predictions, { rules }).accuracy,
  ])
  const figure = {
    set: 'en16931-rules',
    metric: 'verdict accuracy',
    floor: 0.99,
    baseline: 0.507,
    target: 0.95,
    mean: accuracy,
    deviation: 0,
    items: examples.length,
    itemsPerSecond,
    details: { f1: violated.f1, rules_fully_right, ...Object.fromEntries(families) },
  }
  return { figures: [figure, falseAlarms(dirs.train)], predictions: { 'en16931-rules': predictions } }
}

/** Published samples of a national use of the standard, in both syntaxes, keep its rules. */
function falseAlarms(dir: string): Figure {
  const folder = join(dir, 'einvoice/xml')
  const alarms = readdirSync(folder).map((file) => {
    const { structured } = parseXml(readFileSync(join(folder, file)), 'document')
    return findViolations(structured)?.length ?? 0
  })
  return {
    set: 'en16931-rules',
    metric: 'valid invoices without an alarm',
    floor: 0.97,
    mean: alarms.filter((count) => count === 0).length / alarms.length,
    deviation: 0,
    items: alarms.length,
    details: { broken_rules: alarms.reduce((sum, count) => sum + count, 0) },
  }
}

function verdictOf({ rule, xml }: Item): Verdict {
  const { structured } = parseXml(new TextEncoder().encode(xml), 'document')
  return findViolations(structured)?.some((violation) => violation.rule === rule) ? 'violated' : 'ok'
}
