// One figure that is never mounted twice: Python gives it anew, Plotly.react moves it.

const figures = new WeakMap()
let loading = null

function load(url) {
  if (window.Plotly) return Promise.resolve()
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = resolve
    script.onerror = () => { loading = null; reject(new Error("plotly.js")) }
    document.head.append(script)
  })
  return loading
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
  plot.busy = Promise.allSettled([plot.busy, work])
}

function clear(plot) {
  Promise.resolve(plot.busy).then(() => { if (window.Plotly) window.Plotly.purge(plot) })
}

const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: true }

export default function (component) {
  const { data, parentElement } = component
  const plot = parentElement.querySelector(".sx-figure")
  if (!plot) return undefined
  plot.style.height = data.height ?? ""
  plot.setAttribute("role", "img")
  plot.setAttribute("aria-label", data.alternative)
  load(data.plotly).then(() => {
    if (!plot.isConnected) return
    const { data: traces, layout } = JSON.parse(data.figure)
    const template = data.templates[isDark(parentElement) ? "dark" : "light"]
    busy(plot, window.Plotly.react(plot, traces, { ...layout, template, autosize: true }, CONFIG))
    if (!figures.has(plot)) {
      const sizes = new ResizeObserver(() => busy(plot, window.Plotly.Plots.resize(plot)))
      sizes.observe(plot)
      figures.set(plot, sizes)
    }
  }).catch(() => { plot.textContent = data.trouble })
  return () => {
    const sizes = figures.get(plot)
    if (sizes) sizes.disconnect()
    figures.delete(plot)
    clear(plot)
  }
}
