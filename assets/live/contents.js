// The panels of a long page by their questions, each of which leads to its panel. Where
// one is, is the first panel in sight, or that of its row which was reached last.

const BELOW = 130 // pixels of the header and the slider that stay in sight

// Bring a panel into sight, and the keyboard to it.
function goTo(section, block) {
  section.tabIndex = -1
  section.scrollIntoView({ block })
  section.focus({ preventScroll: true })
}

// `page`: has the panels, the strings, and a memory for this tab.
function contents(page) {
  const { strings, panels } = page
  const entries = [...panels.values()].map((panel) => [panel, element("button", { type: "button", textContent: panel.question })])
  const list = element("nav", { className: "sx-controls sx-contents", "aria-label": strings.contents }, ...entries.map(([, button]) => button))
  const opened = drawer(list, strings.contents, "☰")
  let reached = null // the panel that a click or the keyboard went to last
  const reach = ({ target }) => { reached = target.closest(".sx-panel") }
  for (const [{ section }, button] of entries) {
    for (const kind of ["focusin", "pointerdown"]) section.addEventListener(kind, reach)
    button.onclick = () => {
      opened.open = false
      goTo(section, "start")
    }
  }
  opened.ontoggle = () => {
    if (!opened.open) return
    const place = ([{ section }]) => section.getBoundingClientRect()
    const first = entries.find((entry) => place(entry).bottom > BELOW) ?? entries.at(-1)
    const row = entries.filter((entry) => place(entry).top === place(first).top)
    const here = row.find(([{ section }]) => section === reached) ?? first
    for (const entry of entries) {
      if (entry === here) entry[1].setAttribute("aria-current", "true")
      else entry[1].removeAttribute("aria-current")
    }
  }
  return opened
}
