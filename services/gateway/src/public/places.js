// Shows where a value stands: pointing at a field, or giving it the focus, marks its place on the page, and back.
function mark(name, isOn) {
  for (const place of document.querySelectorAll(`[data-mark="${CSS.escape(name)}"]`)) {
    place.classList.toggle('on', isOn)
    if (isOn) place.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  for (const field of document.querySelectorAll(`[data-field="${CSS.escape(name)}"]`))
    field.classList.toggle('on', isOn)
}

function follow(type, isOn) {
  document.addEventListener(type, ({ target }) => {
    const at = target instanceof Element ? target.closest('[data-field], [data-mark]') : null
    if (at) mark(at.dataset.field ?? at.dataset.mark, isOn)
  })
}

follow('mouseover', true)
follow('mouseout', false)
follow('focusin', true)
follow('focusout', false)
document.addEventListener('click', ({ target }) => {
  const name = target instanceof Element ? target.closest('[data-mark]')?.dataset.mark : undefined
  if (name) document.getElementById(`field-${name}`)?.focus()
})
