// An equation that is wider than its frame is scrolled by whoever reaches it, also by
// keyboard.

const EACH = 1000 // milliseconds

const wide = (frame) => frame.scrollWidth > frame.clientWidth

let due = false
function reachable() {
  due = false
  for (const frame of document.querySelectorAll(".katex-display")) {
    if (wide(frame)) frame.tabIndex = 0
    else frame.removeAttribute("tabindex")
  }
}

function soon() {
  if (due) return
  due = true
  setTimeout(reachable, EACH)
}

new MutationObserver(soon).observe(document.documentElement, { childList: true, subtree: true })
addEventListener("resize", soon)
