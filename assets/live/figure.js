// One figure that is never mounted twice: Python gives it anew, Plotly.react moves it.

const figures = new WeakMap()
const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: true }

export default function (component) {
  const { data, parentElement } = component
  const plot = parentElement.querySelector(".sx-figure")
  if (!plot) return undefined
  plot.style.height = data.height ?? ""
  plot.setAttribute("role", "img")
  plot.setAttribute("aria-label", data.alternative)
  loadPlotly(data.plotly).then(() => {
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
