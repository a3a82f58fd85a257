// One figure that is never mounted twice: Python gives it anew, Plotly.react moves it.

const figures = new WeakMap()
const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: true }

export default function (component) {
  const { data, parentElement } = component
  const plot = parentElement.querySelector(".sx-figure")
  if (!plot) return undefined
  plot.setAttribute("role", "img")
  plot.setAttribute("aria-label", data.alternative)
  loadPlotly(data.plotly).then(() => {
    if (!plot.isConnected) return
    const { data: traces, layout } = JSON.parse(data.figure)
    const template = held(data.templates[isDark(parentElement) ? "dark" : "light"])
    const figure = { data: traces, layout }
    if (data.width) plot.style.width = `${data.width}px`
    const drawn = data.width ? { ...figure, more: 0 } : fitted(figure, plot.clientWidth)
    plot.style.height = `calc(${data.height || "26rem"} + ${drawn.more}px)`
    busy(plot, window.Plotly.react(plot, drawn.data, { ...drawn.layout, template, autosize: true }, CONFIG))
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
