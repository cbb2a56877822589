// Keeps the marked parts of a page current: something has happened, so the page is read again and those parts are
// exchanged. A part in which somebody types, selects or has the focus is left alone.
const EVERY_MS = 1000
const events = ['accepted', 'decided', 'step', 'verdict', 'cancelled', 'suspended', 'retried', 'advanced', 'timed_out']
const job = document.querySelector('[data-job]')?.dataset.job
let due = false
let timer

const after = document.querySelector('[data-cursor]')?.dataset.cursor
if (after) follow()
else setInterval(plan, EVERY_MS * 2)
document.addEventListener('visibilitychange', () => due && plan())

// From the moment at which the page was made, so that nothing between then and now is missed.
function follow() {
  const source = new EventSource(`/v1/events?${new URLSearchParams({ after, ...(job ? { job } : {}) })}`)
  for (const name of events) source.addEventListener(name, plan)
  addEventListener('pagehide', () => source.close())
}

function plan() {
  due = true
  timer ??= setTimeout(refresh, EVERY_MS)
}

async function refresh() {
  timer = undefined
  if (document.hidden) return
  due = false
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok || answer.redirected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`)
    if (next && !inUse(part) && next.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(next))
  }
}

function inUse(part) {
  const selection = getSelection()
  const isSelected = selection?.type === 'Range' && part.contains(selection.anchorNode)
  return isSelected || part.contains(document.activeElement) || part.matches(':hover:has(tbody tr:hover)')
}
