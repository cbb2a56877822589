import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { supervise } from './supervise.ts'

const SERVE = `
  import { createServer } from 'node:http'
  createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1')
  process.on('SIGTERM', () => process.exit(0))
  process.on('disconnect', () => process.exit(0))`

test('a service is ready when it answers, and ends when it is told to', async () => {
  using folder = setup(SERVE)
  const service = supervise(await folder.spec(), folder.report)

  await service.whenReady({ withinMs: 30_000 })
  await service.stop({ withinMs: 30_000 })

  assert.deepEqual(folder.reports, [])
})

test('a service that crashes is started again, and people are told', async () => {
  using folder = setup(`
    import { existsSync, writeFileSync } from 'node:fs'
    if (!existsSync(process.env.MARK)) { writeFileSync(process.env.MARK, ''); process.exit(7) }
    ${SERVE}`)
  const service = supervise(await folder.spec(), folder.report)

  await service.whenReady({ withinMs: 30_000 })
  await service.stop({ withinMs: 30_000 })

  assert.match(folder.reports.join('\n'), /^extraction ended \(exit code 7\); starting it again in 1 s/)
})

test('a service that ends three times in five minutes raises an alarm', async () => {
  using folder = setup(`
    import { existsSync, readFileSync, writeFileSync } from 'node:fs'
    const times = existsSync(process.env.MARK) ? Number(readFileSync(process.env.MARK, 'utf8')) : 0
    writeFileSync(process.env.MARK, String(times + 1))
    if (times < 3) process.exit(1)
    ${SERVE}`)
  const spec = await folder.spec()
  const service = supervise(spec, folder.report)
  const alarms = () => folder.reports.filter((line) => line.startsWith('ALARM'))

  await waitUntil(() => alarms().length > 0)
  await service.stop({ withinMs: 30_000 })

  assert.equal(folder.reports.filter((line) => line.includes('starting it again')).length, 3)
  assert.deepEqual(alarms(), [
    `ALARM: extraction ended 3 times or more in 5 minutes; look at the end of ${spec.logFile}`,
  ])
})

test('a service that ignores SIGTERM is killed when its time is over', async () => {
  using folder = setup(SERVE.replace("process.on('SIGTERM', () => process.exit(0))", "process.on('SIGTERM', () => {})"))
  const service = supervise(await folder.spec(), folder.report)
  await service.whenReady({ withinMs: 30_000 })

  await service.stop({ withinMs: 50 })

  assert.deepEqual(folder.reports, [])
})

test('a service that ends as soon as it starts is given up with the end of its log', async () => {
  using folder = setup(`console.error('DATABASE_URL: wanted an URL'); process.exit(2)`)
  const service = supervise(await folder.spec(), folder.report)

  await assert.rejects(
    service.whenReady({ withinMs: 60_000 }),
    /ends as soon as it starts.*\n.*DATABASE_URL: wanted an URL/s,
  )

  await service.stop({ withinMs: 1_000 })
})

test('the log of the last run is put aside', async () => {
  using folder = setup(SERVE)
  const spec = await folder.spec()
  writeFileSync(spec.logFile, 'of the last run')
  const service = supervise(spec, folder.report)

  await service.whenReady({ withinMs: 30_000 })
  await service.stop({ withinMs: 30_000 })

  assert.equal(readFileSync(`${spec.logFile}.1`, 'utf8'), 'of the last run')
  assert.ok(existsSync(spec.logFile))
})

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20)
}

function setup(source: string) {
  const path = mkdtempSync(join(tmpdir(), 'stageline-supervise-'))
  const entry = join(path, 'main.ts')
  writeFileSync(entry, source)
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }')
  const reports: string[] = []
  return {
    reports,
    report: (line: string) => void reports.push(line),
    spec: async () => {
      const port = await freePort(0)
      const env = { ...process.env, PORT: String(port), MARK: join(path, 'mark') }
      return { name: 'extraction', entry, env, port, logFile: join(path, 'extraction.log') }
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
