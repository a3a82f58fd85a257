// One figure that is never mounted twice: Python gives it anew, Plotly.react moves it.

const drawings = new WeakMap()

class Drawing {
  // `tools`: where the ways to take the picture away stand.
  constructor(plot, tools) {
    this.plot = plot
    this.tools = tools
    this.more = 0 // pixels that a narrow picture is higher
    plot.setAttribute("role", "img")
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.resized(contentRect))
    this.sizes.observe(plot)
  }

  update(data, dark) {
    const { plot } = this
    const spoken = JSON.stringify(data.strings)
    this.data = data
    this.template = held(data.templates[dark ? "dark" : "light"])
    this.figure = JSON.parse(data.figure)
    plot.setAttribute("aria-label", data.alternative)
    if (data.width) plot.style.width = `${data.width}px`
    this.give(this.more)
    if (spoken !== this.spoken) {
      this.spoken = spoken
      const files = filesDrawer(data.strings, (format, print) => this.save(format, print), () => this.saveTable())
      this.tools.replaceChildren(files)
    }
    loadPlotly(data.plotly).then(() => this.draw(), () => { plot.textContent = data.trouble })
  }

  give(more) {
    this.more = more
    this.plot.style.height = `calc(${this.data.height || "26rem"} + ${more}px)`
  }

  // Sizes are told by the browser: to ask for them has the whole page laid out at once.
  resized({ width, height }) {
    this.size = { width, height }
    this.draw()
  }

  draw() {
    const { plot, data, figure, size } = this
    if (!window.Plotly || !figure || !plot.isConnected) return
    if (!size || Math.min(size.width, size.height) < LEAST) return
    const { width, height } = size
    const drawn = data.width ? { ...figure, more: 0 } : fitted(figure, width, height)
    if (drawn.more !== this.more) this.give(drawn.more)
    const layout = { ...drawn.layout, ...sized(width, height), template: this.template, autosize: true }
    put(plot, drawn.data, layout, !data.width && slender(width, height), PLOTLY_CONFIG)
  }

  save(format, print) {
    const { plot, data } = this
    if (!plot._fullData) return
    const about = { name: data.file, title: data.title, about: data.about }
    saveImage(plot, { format, ...about, ...colours(plot, print && data.templates.light) })
  }

  saveTable() {
    const { plot, data } = this
    if (plot._fullData) saveText(`${data.file}.csv`, tidy(plot, this.figure.layout, data.strings.series))
  }

  close() {
    this.sizes.disconnect()
    clear(this.plot)
  }
}

export default function (component) {
  const { data, parentElement } = component
  const plot = parentElement.querySelector(".sx-figure")
  const tools = parentElement.querySelector(".sx-tools")
  if (!plot || !tools) return undefined
  const drawing = drawings.get(plot) ?? new Drawing(plot, tools)
  drawings.set(plot, drawing)
  drawing.update(data, isDark(parentElement))
  return () => {
    drawing.close()
    drawings.delete(plot)
  }
}
