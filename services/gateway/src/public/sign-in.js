// A link such as /sign-in#sl_… signs in by itself: what stands behind # never reaches the server or its logs.
const key = decodeURIComponent(location.hash.slice(1))
if (key.startsWith('sl_')) {
  history.replaceState(null, '', location.pathname + location.search)
  const form = document.querySelector('[data-sign-in]')
  form.elements.namedItem('key').value = key
  form.requestSubmit()
}
