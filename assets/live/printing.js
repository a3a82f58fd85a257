// On paper panels stand one below the other, but a picture was drawn at its size on the
// screen: it keeps its height, and is drawn anew where it is wider than the paper or lower
// than its place there. A panel that was never looked at has no picture, and is left out.
const PRINTED = Symbol.for("sequence-explorer.printing")
const PAPER = 620 // pixels of a picture in a panel between the margins of A4
const TALL = 19 // rem of a panel's picture that is not beside others

function fitPaper() {
  if (document[PRINTED]) return
  document[PRINTED] = true
  const plots = () => [...document.querySelectorAll(".sx-plot, .sx-figure")]
  addEventListener("beforeprint", () => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    for (const [plot, width, low] of plots().map((plot) => [plot, plot.clientWidth, plot.clientHeight])) {
      const height = plot.classList.contains("sx-plot") ? Math.max(low, TALL * rem) : low
      plot.style.minHeight = `${height}px`
      plot.style.maxWidth = `${PAPER}px`
      // Who watches its size would hear of it after the paper is filled.
      if (plot._fullLayout && (width > PAPER || height > low)) {
        window.Plotly.relayout(plot, { width: Math.min(width, PAPER), height })
      }
      const panel = plot.closest(".sx-panel")
      panel?.classList.toggle("sx-unseen", !panel.querySelector(".main-svg, .sx-text:not(.sx-hidden)"))
    }
  })
  addEventListener("afterprint", () => {
    for (const { style } of plots()) style.minHeight = style.maxWidth = ""
    for (const plot of plots().filter(({ _fullLayout }) => _fullLayout)) {
      window.Plotly.relayout(plot, { width: plot.clientWidth, height: plot.clientHeight })
    }
  })
}
