// The panels of a long page by their questions, each of which leads to its panel.

const BELOW = 130 // pixels of the header and the slider that stay in sight

// `page`: has the panels, the strings, and a memory for this tab.
function contents(page) {
  const { strings, panels } = page
  const entries = [...panels.values()].map((panel) => [panel, element("button", { type: "button", textContent: panel.question })])
  const list = element("nav", { className: "sx-controls sx-contents", "aria-label": strings.contents }, ...entries.map(([, button]) => button))
  const opened = drawer(list, strings.contents, "☰")
  for (const [{ section }, button] of entries) {
    button.onclick = () => {
      opened.open = false
      section.tabIndex = -1
      section.scrollIntoView({ block: "start" })
      section.focus({ preventScroll: true })
    }
  }
  opened.ontoggle = () => {
    if (!opened.open) return
    const here = entries.find(([{ section }]) => section.getBoundingClientRect().bottom > BELOW)
    for (const entry of entries) {
      if (entry === here) entry[1].setAttribute("aria-current", "true")
      else entry[1].removeAttribute("aria-current")
    }
  }
  return opened
}
