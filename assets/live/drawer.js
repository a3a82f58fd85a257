// What several controls stand in, so that the picture keeps its room.

function drawer(content, title, sign) {
  const summary = element("summary", { title, "aria-label": title, textContent: sign })
  const opened = element("details", { className: "sx-drawer" }, summary, content)
  content.tabIndex = -1 // a click beside its controls leaves the focus inside
  opened.onkeydown = (event) => {
    if (event.key !== "Escape" || !opened.open) return
    event.preventDefault() // it is used up: what is around stays
    opened.open = false
    summary.focus()
  }
  opened.addEventListener("focusout", () => setTimeout(() => {
    if (document.hasFocus() && !opened.matches(":focus-within")) opened.open = false
  }))
  return opened
}

// The ways to take a picture away. `image(format, print)` and `table()` save it; `more`:
// further ones, each its words and what it does.
function filesDrawer(strings, image, table, more = []) {
  const ways = [
    [strings.png, () => image("png", false)], [strings.svg, () => image("svg", false)],
    [strings.printPng, () => image("png", true)], [strings.printSvg, () => image("svg", true)],
    [strings.csv, table], ...more,
  ]
  const buttons = ways.map(([textContent, onclick]) => Object.assign(element("button", { type: "button", textContent }), { onclick }))
  return drawer(element("div", { className: "sx-controls sx-files" }, ...buttons), strings.save, "⤓")
}
