// The keyboard stays where it was while a button of a run is disabled or exchanged.

const ROWS = ".st-key-transport, .st-key-run_buttons"
const LOOK_AGAIN = 150 // milliseconds
const KEEPING = Symbol.for("sequence-explorer.focus")

function keepFocus() {
  if (document[KEEPING]) return
  document[KEEPING] = true
  let left = null // the row, and which of its buttons had the focus
  const buttons = (row) => [...document.querySelectorAll(`.${row} button`)]
  document.addEventListener("focusin", ({ target }) => {
    const row = target.closest(ROWS)
    const name = row && [...row.classList].find((each) => each.startsWith("st-key-"))
    left = name ? { name, place: buttons(name).indexOf(target) } : null
  })
  document.addEventListener("pointerdown", ({ target }) => { if (!target.closest(ROWS)) left = null })
  setInterval(() => {
    if (!left || document.activeElement !== document.body) return
    const button = buttons(left.name)[left.place]
    if (button && !button.disabled) button.focus({ preventScroll: true })
  }, LOOK_AGAIN)
}
