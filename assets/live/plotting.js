// What every component with a figure shares; Python puts it before each of them.

let plotlyLoading = null

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => { plotlyLoading = null; reject(new Error("plotly.js")) }
    document.head.append(script)
  })
  return plotlyLoading
}

function isDark(node) {
  const probe = document.createElement("span")
  probe.style.color = "var(--st-background-color)"
  node.append(probe)
  const [r, g, b] = (getComputedStyle(probe).color.match(/[\d.]+/g) || [255, 255, 255]).map(Number)
  probe.remove()
  return 0.299 * r + 0.587 * g + 0.114 * b < 128
}

// Plotly goes on for a while after it was called; what it still draws on is not taken away.
function busy(plot, work) {
  plot.gone = false
  plot.busy = Promise.allSettled([plot.busy, work])
}

function clear(plot) {
  plot.gone = true
  // A plot that came back meanwhile stays.
  Promise.resolve(plot.busy).then(() => { if (window.Plotly && plot.gone) window.Plotly.purge(plot) })
}
