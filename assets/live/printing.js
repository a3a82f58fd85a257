// On paper panels stand one below the other, but a picture was drawn at its height on the
// screen: it keeps that, and is drawn anew where it is wider than the paper. A panel that
// was never looked at has no picture, and is left out.
const PRINTED = Symbol.for("sequence-explorer.printing")
const PAPER = 620 // pixels of a picture in a panel between the margins of A4

function fitPaper() {
  if (document[PRINTED]) return
  document[PRINTED] = true
  const plots = () => [...document.querySelectorAll(".sx-plot, .sx-figure")]
  addEventListener("beforeprint", () => {
    for (const [plot, width, height] of plots().map((plot) => [plot, plot.clientWidth, plot.clientHeight])) {
      plot.style.minHeight = `${height}px`
      plot.style.maxWidth = `${PAPER}px`
      // Who watches its size would hear of it after the paper is filled.
      if (width > PAPER && plot._fullLayout) window.Plotly.relayout(plot, { width: PAPER })
      const panel = plot.closest(".sx-panel")
      panel?.classList.toggle("sx-unseen", !panel.querySelector(".main-svg, .sx-text:not(.sx-hidden)"))
    }
  })
  addEventListener("afterprint", () => {
    for (const { style } of plots()) style.minHeight = style.maxWidth = ""
  })
}
