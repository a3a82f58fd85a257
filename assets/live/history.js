// A page's address is completed after the page was reached; that is no new stop for the
// back button. Streamlit writes both with pushState, the first without a query.
const MENDED = Symbol.for("sequence-explorer.history")

const SHOWN = Symbol.for("sequence-explorer.shown")

const beginAtTop = (shown) => {
  if ((window[SHOWN] ?? shown) !== shown)
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
  window[SHOWN] = shown
}

const completes = (address) => {
  const next = new URL(address, location.href)
  const reached = history.state !== null && location.search === ""
  return reached && next.pathname === location.pathname && next.search !== ""
}

export default function ({ data }) {
  guardSliders()
  keepFocus()
  tidyMenu()
  tellSection(data.section)
  fitPaper()
  beginAtTop(data.shown)
  if (history[MENDED]) return
  history[MENDED] = true
  const push = history.pushState
  history.pushState = function (state, unused, address) {
    if (address != null && completes(address)) this.replaceState(state, unused, address)
    else push.call(this, state, unused, address)
  }
}
