// What every component with a figure shares; Python puts it before each of them.

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  // Kept with the page: each component has this text as a module of its own.
  window.sxPlotlyLoading ??= new Promise((resolve, reject) => {
    const early = document.getElementById("plotly-js") // the page's own, on its way
    const script = early ?? Object.assign(document.createElement("script"), { id: "plotly-js", src: url })
    script.addEventListener("load", () => resolve(window.Plotly))
    script.addEventListener("error", () => {
      script.remove() // the next one who asks tries again
      window.sxPlotlyLoading = null
      reject(new Error("plotly.js"))
    })
    if (!early) document.head.append(script)
  })
  return window.sxPlotlyLoading
}

// Under a finger a chart holds still: a swipe scrolls the page, a tap shows a value.
const FINGER = window.matchMedia("(pointer: coarse)")
function held(template) {
  if (!FINGER.matches) return template
  const { layout } = template
  const fixed = (axis) => ({ ...axis, fixedrange: true })
  return { ...template, layout: { ...layout, dragmode: false, hoverdistance: -1, xaxis: fixed(layout.xaxis), yaxis: fixed(layout.yaxis) } }
}

// Nor is a line dragged by who meant to scroll.
function still(layout) {
  if (!FINGER.matches || !layout.shapes) return layout
  return { ...layout, shapes: layout.shapes.map((shape) => ({ ...shape, editable: false })) }
}

function isDark(node) {
  const probe = document.createElement("span")
  probe.style.color = "var(--st-background-color)"
  probe.style.forcedColorAdjust = "none"
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
  const last = plot.busy
  Promise.resolve(last).then(() => {
    // A plot that came back meanwhile stays.
    if (!window.Plotly || !plot.gone || plot.busy !== last) return
    window.Plotly.purge(plot)
    plot.heard = false // whoever listened is forgotten
  })
}

const PLOTLY_CONFIG = {
  displayModeBar: false, displaylogo: false, showSendToCloud: false,
  responsive: true, doubleClick: "reset", scrollZoom: false,
}

const LEAST = 80 // pixels of a picture with its axes

// Plotly takes a size below 10 for none.
const sized = (width, height) => ({ width: Math.max(10, width), height: Math.max(10, height) })

// `lies`: whether its colour bar lies down; it would keep the margin that it had upright,
// unless it is new.
function put(plot, data, layout, lies, config) {
  if (plot.lies !== lies) plot.heard = false
  const draw = plot.lies === lies ? window.Plotly.react : window.Plotly.newPlot
  plot.lies = lies
  busy(plot, draw(plot, data, layout, config))
}
