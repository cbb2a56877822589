// Lets several files be dropped at once and says of each what came of it. Without this script the form sends one.
const form = document.querySelector('[data-drop]')
const input = form.querySelector('input[type=file]')
const results = form.querySelector('[data-drop-results]')

input.multiple = true
for (const type of ['dragover', 'dragenter']) form.addEventListener(type, (event) => hover(event, true))
for (const type of ['dragleave', 'drop']) form.addEventListener(type, (event) => hover(event, false))
form.addEventListener('drop', ({ dataTransfer }) => void send([...dataTransfer.files]))
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void send([...input.files])
  input.value = ''
})

function hover(event, isOver) {
  event.preventDefault()
  form.classList.toggle('over', isOver)
}

async function send(files) {
  for (const file of files) await sendOne(file)
}

async function sendOne(file) {
  const line = document.createElement('li')
  line.textContent = `${file.name}: sending …`
  results.prepend(line)
  const body = new FormData()
  body.append('workflow', form.elements.namedItem('workflow').value)
  body.append('file', file)
  try {
    const answer = await fetch('/v1/documents', { method: 'POST', body })
    const told = await answer.json()
    if (answer.ok) line.replaceChildren(linkTo(`/jobs/${told.id}`, file.name), ' was taken in')
    else line.textContent = `${file.name}: ${told.title}. ${told.detail}`
  } catch {
    line.textContent = `${file.name}: the server did not answer`
  }
}

function linkTo(href, text) {
  const link = document.createElement('a')
  link.href = href
  link.textContent = text
  return link
}
