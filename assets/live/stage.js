// One panel as large as the window, for the last row; on a projector with a rail of the
// others beside it. F enlarges, P opens the rail, 1 to 9 choose, Escape goes back.

const WRITING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable=true]"

class Stage {
  // `page`: has the root, the grid, the panels and the strings.
  constructor(page) {
    this.page = page
    this.chosen = null // the name of the panel that is large
    this.railed = false
    this.onKey = (event) => this.pressed(event)
    document.addEventListener("keydown", this.onKey)
    const reached = ({ target }) => { this.last = target.closest(".sx-panel") ?? this.last }
    for (const kind of ["pointerover", "focusin"]) page.root.addEventListener(kind, reached)
  }

  get wanted() { return new URLSearchParams(location.search).get("projector") === "1" }

  // Single letters do what voices and unsteady hands do not mean: they can be switched off.
  keysSwitch() {
    const { strings } = this.page
    const box = element("input", { type: "checkbox", checked: recall("localStorage", "keys") !== false })
    box.onchange = () => remember("localStorage", "keys", box.checked)
    return element("label", { className: "sx-keys", title: strings.keysHelp }, box, strings.keys)
  }

  close() { document.removeEventListener("keydown", this.onKey) }

  pressed(event) {
    const { key, target, ctrlKey, metaKey, altKey } = event
    const { panels } = this.page
    if (ctrlKey || metaKey || altKey || !panels.size || target.matches?.(WRITING)) return
    if (key === "Escape" && this.chosen && !event.defaultPrevented) this.leave()
    else if (!this.page.keys.firstChild.checked) return
    else if (key === "f" || key === "F") this.chosen ? this.leave() : this.enter(this.pointed(), false)
    else if (key === "p" || key === "P") this.railed ? this.leave() : this.enter(this.chosen ?? this.pointed(), true)
    else if (this.chosen && /^[1-9]$/.test(key)) this.choose([...panels.keys()][Number(key) - 1])
    else return
    event.preventDefault()
  }

  // The panel that the keyboard or the pointer has reached last, or the first one.
  pointed() {
    const { panels } = this.page
    return [...panels.values()].find(({ section }) => section === this.last)?.name ?? [...panels.keys()][0]
  }

  enter(name, railed) {
    const { root, strings } = this.page
    if (!this.chosen) this.back = document.activeElement
    this.railed = railed
    if (!root.matches(":popover-open")) {
      root.popover = "manual"
      root.showPopover()
    }
    root.classList.add("sx-stage")
    root.classList.toggle("sx-railed", railed)
    this.rail?.remove()
    this.leaving?.remove()
    this.rail = element("nav", { className: "sx-rail", "aria-label": strings.rail })
    this.leaving = element("button", { type: "button", className: "sx-leave", textContent: strings.leave })
    this.leaving.onclick = () => this.leave()
    root.querySelector(".sx-bar").append(this.leaving)
    root.append(this.rail)
    this.choose(name)
    this.leaving.focus({ preventScroll: true })
  }

  choose(name) {
    const { panels, grid } = this.page
    if (!panels.has(name)) return
    this.chosen = name
    let number = 0
    for (const panel of panels.values()) {
      number += 1
      const large = panel.name === name
      panel.pick.textContent = number < 10 ? `${number} · ${panel.question}` : panel.question
      panel.pick.onclick = () => { this.choose(panel.name); this.leaving.focus({ preventScroll: true }) }
      const place = large ? grid : this.rail
      place.append(panel.section)
    }
    grid.append(...grid.querySelectorAll(".sx-time"))
    this.page.moved()
  }

  // Every panel in its place again.
  leave() {
    const { root, panels, grid } = this.page
    this.chosen = null
    this.railed = false
    root.classList.remove("sx-stage", "sx-railed")
    if (root.matches(":popover-open")) root.hidePopover()
    root.removeAttribute("popover")
    for (const panel of panels.values()) grid.append(panel.section)
    this.page.placeTime()
    this.rail.remove()
    this.leaving.remove()
    this.page.moved()
    this.back?.focus?.()
  }

  // After the panels were built anew, as for another run.
  rebuilt() {
    const { panels } = this.page
    if (!panels.size) return
    if (this.chosen) this.enter(panels.has(this.chosen) ? this.chosen : [...panels.keys()][0], this.railed)
    else if (this.wanted && !this.seen) this.enter([...panels.keys()][0], true)
    this.seen = true
  }
}
