// What several controls stand in, so that the picture keeps its room.

function drawer(content, title, sign) {
  const summary = element("summary", { title, "aria-label": title, textContent: sign })
  const opened = element("details", { className: "sx-drawer" }, summary, content)
  content.tabIndex = -1 // a click beside its controls leaves the focus inside
  opened.onkeydown = ({ key }) => { if (key === "Escape") { opened.open = false; summary.focus() } }
  opened.addEventListener("focusout", () => setTimeout(() => {
    if (document.hasFocus() && !opened.matches(":focus-within")) opened.open = false
  }))
  return opened
}
