// On paper panels stand one below the other, but a picture was drawn at its height on the
// screen: it keeps that. A panel that was never looked at has no picture, and is left out.
const PRINTED = Symbol.for("sequence-explorer.printing")

function fitPaper() {
  if (document[PRINTED]) return
  document[PRINTED] = true
  addEventListener("beforeprint", () => {
    for (const plot of document.querySelectorAll(".sx-plot, .sx-figure")) {
      plot.style.minHeight = `${plot.clientHeight}px`
      const panel = plot.closest(".sx-panel")
      panel?.classList.toggle("sx-unseen", !panel.querySelector(".main-svg, .sx-text:not(.sx-hidden)"))
    }
  })
  addEventListener("afterprint", () => {
    for (const plot of document.querySelectorAll(".sx-plot, .sx-figure")) plot.style.minHeight = ""
  })
}
