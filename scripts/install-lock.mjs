import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CACHE } from './paths.mjs'

const LOCK = join(CACHE, 'install.lock')

/** Does the work while no other start on this checkout does it; waits for one that is at it. */
export async function whileInstalling(work) {
  let said = false
  while (!take()) {
    if (!said) console.log('Another start is installing; waiting for it')
    said = true
    await delay(250)
  }
  process.once('exit', release)
  await work()
  process.removeListener('exit', release)
  release()
}

/** A link is made whole or not at all, so nobody reads a lock without its owner. */
function take() {
  const mine = `${LOCK}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, LOCK)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    dropStale()
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

function dropStale() {
  if (!isAlive(owner())) rmSync(LOCK, { force: true })
}

function owner() {
  try {
    return Number(readFileSync(LOCK, 'utf8'))
  } catch {
    return process.pid
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function release() {
  if (owner() === process.pid) rmSync(LOCK, { force: true })
}
