// One panel: its question and controls, its figure, and the sentences below it.

const POINTED = 60 // milliseconds that the pointer rests on a time step until it counts

// No line ends between a number and its percent sign.
const unbroken = (text) => text.replace(/(?<=\d) %/g, "\u00a0%")

class Panel {
  // `page`: has the strings, the controls and texts of all panels, and `ask`.
  constructor({ name, question, about, controls }, page) {
    this.name = name
    this.question = question
    this.page = page
    this.plot = element("div", { className: "sx-plot", role: "img", "aria-label": question })
    this.plot.dataset.panel = name
    this.text = element("div", { className: "sx-words sx-hidden" })
    this.reading = element("p", { className: "sx-reading", textContent: page.strings.waiting })
    this.proof = element("p", { className: "sx-proof" })
    const head = element("div", { className: "sx-head" }, element("h2", { textContent: question }))
    const choices = page.controls.row(controls)
    const parts = [head, this.text, this.plot, this.reading, this.proof]
    if (!page.compact) parts.splice(1, 0, choices)
    else if (controls.length) head.append(controls.length > 1 ? drawer(choices, page.strings.options, "⋯") : choices)
    head.append(this.tools(Boolean(about)))
    if (about) {
      const opened = element("details", { open: page.opened.has(name) },
        element("summary", { textContent: page.strings.about }), element("p", { textContent: about }))
      opened.ontoggle = () => page.open(name, opened.open)
      parts.splice(1, 0, opened)
    }
    this.pick = element("button", { type: "button", className: "sx-pick" })
    this.section = element("section", { className: "sx-panel", "aria-label": question }, ...parts, this.pick)
    this.section.id = `sx-${name}`
  }

  // As files, and larger. `whole`: the numbers behind the picture can be had, too.
  tools(whole) {
    const { strings } = this.page
    const numbers = [strings.allCsv, () => this.page.ask({ csv: this.name })]
    const files = filesDrawer(strings, (format, print) => this.save(format, print), () => this.saveTable(), whole ? [numbers] : [])
    const large = element("button", { type: "button", textContent: "⤢", title: strings.enlarge, "aria-label": strings.enlarge })
    large.onclick = () => this.page.stage.enter(this.name, false)
    return element("div", { className: "sx-tools" }, files, large)
  }

  get file() { return `${this.name}-${this.page.step}` }

  save(format, print) {
    const { plot, page } = this
    if (!plot._fullData) return
    const about = { name: this.file, title: this.question, about: page.caption }
    saveImage(plot, { format, ...about, ...colours(this.section, print && page.data.templates.light) })
  }

  saveTable() {
    const { plot, page } = this
    if (plot._fullData) saveText(`${this.file}.csv`, tidy(plot, this.drawn[0].figure.layout, page.strings.series))
  }

  // Show no picture, and say why.
  rest(why) {
    this.section.classList.remove("sx-others")
    clear(this.plot)
    this.text.classList.add("sx-hidden")
    this.plot.setAttribute("aria-label", why)
    this.reading.textContent = why
    this.reading.classList.remove("sx-alarm")
    this.proof.textContent = ""
    this.drawn = this.standing = null
  }

  // `moment` says whose picture it is, and when, before what the picture says in words.
  draw(content, template, moment) {
    const { plot, text, page } = this
    if (!content || page.texts.busyIn(text)) return
    if (!content.figure && !content.text) { this.rest(content.reading); return }
    this.drawn = [content, template, moment]
    this.section.classList.remove("sx-others")
    this.drag = content.drag
    this.reading.textContent = unbroken(content.reading)
    this.reading.classList.toggle("sx-alarm", Boolean(content.alarm))
    this.proof.textContent = content.proof || ""
    plot.setAttribute("aria-label", moment + content.alternative)
    text.classList.toggle("sx-hidden", !content.text)
    if (content.text) page.texts.draw(text, content.text)
    plot.classList.toggle("sx-small", Boolean(content.text))
    this.section.classList.toggle("sx-worded", Boolean(content.text))
    if (!window.Plotly || !content.figure || this.stands(content.figure, template)) return
    const width = this.size?.width ?? plot.clientWidth
    const height = this.size?.height ?? plot.clientHeight
    // What is drawn is Plotly's to change.
    const { data, layout, more } = fitted(structuredClone(content.figure), width, height)
    plot.style.setProperty("--sx-more", `${more}px`)
    this.size ??= sized(plot.clientWidth, plot.clientHeight)
    // On its way to another place it has no room for a picture.
    if (Math.min(this.size.width, this.size.height) < LEAST) return
    const sizes = { ...still(layout), ...this.size, template, autosize: true }
    put(plot, data, sizes, slender(width, height), PLOTLY_CONFIG)
    this.standing = { figure: content.figure, template, size: this.size }
    this.listen()
  }

  // Whether this picture stands there already: what a frame does not change is the frame's
  // before it.
  stands(figure, template) {
    const { standing, size } = this
    return Boolean(standing && size) && standing.figure === figure && standing.template === template && standing.size === size
  }

  // Sizes are kept: to ask for them at every draw has the page laid out once for each panel.
  resized({ width, height }) {
    const size = width && height ? sized(Math.round(width), Math.round(height)) : undefined
    if (size && size.width === this.size?.width && size.height === this.size?.height) return
    this.size = size
    if (!this.size || !this.drawn || !this.plot._fullLayout) return
    const pale = this.section.classList.contains("sx-others")
    this.draw(...this.drawn)
    this.section.classList.toggle("sx-others", pale)
  }

  listen() {
    const { plot, page } = this
    if (plot.heard) return
    plot.heard = true
    plot.on("plotly_click", ({ points }) => this.clicked(points[0]))
    if (page.compact) plot.on("plotly_hover", ({ points }) => this.pointed(points[0]))
    // A line that can be dragged is the first shape; its height is an option.
    plot.on("plotly_relayout", (event) => {
      const height = event["shapes[0].y0"]
      if (height === undefined || !this.drag) return
      this.standing = null // the line stands elsewhere
      page.controls.choose(this.drag, Number(height.toFixed(3)))
      page.ask()
    })
  }

  // The time step under the pointer is marked where pictures follow it at once.
  pointed(point) {
    const { time } = point.data.meta ?? {}
    const step = time ? Number(point[time]) : NaN
    if (!Number.isInteger(step) || step < 1) return
    clearTimeout(this.pointing)
    this.pointing = setTimeout(() => { this.page.controls.choose("mark", step - 1); this.page.ask({}, true) }, POINTED)
  }

  // A click on a trace that says where its time steps are marks one, and on a trace that
  // stands for something chooses that.
  clicked(point) {
    const { controls } = this.page
    if (!point.data.meta) return
    const { choose, pick, time } = point.data.meta
    if (pick) for (const [axis, name] of Object.entries(pick)) controls.choose(name, controls.typed(name, point[axis]))
    else if (choose) for (const [name, value] of Object.entries(choose)) controls.choose(name, value)
    else {
      const step = time ? Number(point[time]) : NaN
      if (Number.isInteger(step) && step > 0) controls.choose("mark", step - 1)
    }
    this.page.ask()
  }
}
