// The live part of a page: one socket, one Plotly figure per panel, kept for as long as
// the page stands. Python says what to show (`data`), the socket brings the frames.

const instances = new WeakMap()
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name in node && name !== "list") node[name] = value
    else node.setAttribute(name, value)
  }
  node.append(...children)
  return node
}

// Frames come as UTF-8 bytes, sentences about errors as text.
function decode(data) {
  return JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data))
}

const PLOTLY_CONFIG = {
  displayModeBar: false, displaylogo: false, showSendToCloud: false,
  responsive: true, doubleClick: "reset", scrollZoom: false,
}

// On a phone: only as many words of a row as stand apart, and no note inside the plot.
const LETTER = 8 // pixels
const NARROW = 480
const AREA = 0.6 // of a narrow panel is plot
const thinned = (words, width) => {
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0)
  const every = Math.ceil((letters * LETTER) / (width * AREA))
  return words.map((word, index) => (index % every ? "" : word))
}
const fitted = ({ data, layout }, width) => {
  if (width > NARROW) return { data, layout }
  const strip = (trace) => trace.mode === "text" && trace.yaxis === "y2"
  const { xaxis, annotations = [] } = layout
  const ticks = xaxis?.ticktext && { ...xaxis, ticktext: thinned(xaxis.ticktext, width) }
  return {
    data: data.map((trace) => (strip(trace) ? { ...trace, text: thinned(trace.text, width) } : trace)),
    layout: {
      ...layout, xaxis: ticks ?? xaxis,
      annotations: annotations.filter(({ name }) => name !== "note"),
    },
  }
}

// Plays notes [start, beats, midi, token] and says which token sounds.
class Tune {
  constructor({ notes, tempo }, sounding, ended) {
    const beat = 60 / tempo
    const sound = new AudioContext()
    const volume = new GainNode(sound, { gain: 0.25 })
    volume.connect(sound.destination)
    const start = sound.currentTime + 0.1
    for (const [at, beats, midi] of notes) {
      const begin = start + at * beat
      const end = begin + beats * beat
      const tone = new OscillatorNode(sound, { type: "triangle", frequency: 440 * 2 ** ((midi - 69) / 12) })
      const envelope = new GainNode(sound, { gain: 0 })
      envelope.gain.setValueAtTime(0, begin)
      envelope.gain.linearRampToValueAtTime(1, begin + 0.02)
      envelope.gain.setTargetAtTime(0.4, begin + 0.02, 0.25)
      envelope.gain.setTargetAtTime(0, end - 0.06, 0.02)
      tone.connect(envelope).connect(volume)
      tone.start(begin)
      tone.stop(end + 0.05)
    }
    this.sound = sound
    const last = Math.max(...notes.map(([at, beats]) => at + beats))
    this.timer = setInterval(() => {
      const now = (sound.currentTime - start) / beat
      const note = notes.find(([at, beats]) => at <= now && now < at + beats)
      sounding(note ? note[3] : -1)
      if (now > last) ended()
    }, 30)
  }

  stop() {
    clearInterval(this.timer)
    this.sound.onstatechange = null
    this.sound.close()
  }
}
const PLAY_PAUSE = 700 // milliseconds from one step to the next
const SETTLED = 600 // milliseconds that the slider stands still before Python hears of it
const LEAVING = 30000 // milliseconds that the next page may take to come

class Live {
  constructor(root) {
    this.root = root
    this.choice = {} // what the reader chose on the page: axis, capture, temperature, ...
    this.at = null // the step that the slider stands at; null: the live end
    this.frame = null
    this.trouble = ""
    this.reportedAt = null
    this.wait = 500
    this.closed = false
    this.panels = new Map()
    this.sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) if (target._fullLayout) busy(target, window.Plotly.Plots.resize(target))
    })
    this.shown = new Set() // the panels on the screen: only these are asked for
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const { panel } = target.dataset
        if (isIntersecting) this.shown.add(panel)
        else this.shown.delete(panel)
      }
      clearTimeout(this.sightTimer)
      this.sightTimer = setTimeout(() => this.ask({}, true), 60)
    }, { rootMargin: "120px" })
    this.onVisible = () => this.ask({}, true)
    document.addEventListener("visibilitychange", this.onVisible)
    this.untold = {} // what Python will be told, by name: timers
    this.leftAt = -Infinity // when the reader set out for another page
    this.path = location.pathname
    this.onClick = (event) => this.clickedLink(event)
    this.onBack = () => { if (location.pathname !== this.path) this.leftAt = performance.now() }
    document.addEventListener("click", this.onClick, true)
    window.addEventListener("popstate", this.onBack)
  }

  update(data, report) {
    const changed = !this.data || this.data.run !== data.run
    const rebuilt = !this.data || this.data.layout !== data.layout
    this.data = data
    this.report = report
    this.dark = isDark(this.root)
    this.reported = data.status // what Python knows
    if (changed) { this.at = null; this.silence() }
    if (rebuilt) this.build()
    if (changed || rebuilt) this.state.textContent = data.run ? data.strings.connecting : ""
    loadPlotly(data.plotly).then(() => this.draw(), () => this.say(data.strings.noPlotly))
    if (!this.socket) this.connect()
    else this.ask({}, true)
  }

  // One panel per entry of data.panels; everything else is found again by its class.
  build() {
    const { strings } = this.data
    this.silence()
    for (const { plot } of this.panels.values()) clear(plot)
    this.panels.clear()
    clearInterval(this.player)
    this.player = null
    this.sizes.disconnect()
    this.sight.disconnect()
    this.shown.clear()
    this.state = element("span", { className: "sx-state" })
    this.state.setAttribute("role", "status")
    this.bar = element("progress", { max: 1, value: 0, "aria-label": strings.progress })
    this.numbers = element("span", { className: "sx-numbers" })
    this.message = element("p", { className: "sx-message", role: "alert" })
    this.grid = element("div", { className: "sx-grid" })
    this.shared = element("div", { className: "sx-controls sx-shared" })
    for (const control of this.data.shared) this.shared.append(this.buildControl(control))
    for (const panel of this.data.panels) this.grid.append(this.buildPanel(panel))
    this.slider = element("input", { type: "range", id: "sx-slider", min: 0, max: 0, step: 1, value: 0 })
    this.moment = element("output")
    this.moment.setAttribute("for", "sx-slider")
    this.toLive = element("button", { type: "button", textContent: strings.toLive })
    this.slider.oninput = () => this.slide(Number(this.slider.value))
    this.toLive.onclick = () => this.slide(Number(this.slider.max))
    this.time = element("div", { className: "sx-time" },
      element("label", { htmlFor: "sx-slider", textContent: strings.slider }),
      this.slider, this.moment, this.toLive)
    this.root.replaceChildren(
      element("div", { className: "sx-bar" }, this.state, this.bar, this.numbers),
      this.message, this.shared, ...(this.inside ? [this.time, this.grid] : [this.grid, this.time]))
    this.time.classList.toggle("sx-sticky", this.inside)
    this.frame = null
  }

  // A page of views by name; the playground has its own few panels.
  get inside() { return this.data.page !== "playground" }

  buildPanel({ name, question, about, controls }) {
    const plot = element("div", { className: "sx-plot" })
    plot.dataset.panel = name
    plot.setAttribute("role", "img")
    plot.setAttribute("aria-label", question)
    this.sizes.observe(plot)
    if (this.inside) this.sight.observe(plot)
    const row = element("div", { className: "sx-controls" })
    for (const control of controls) row.append(this.buildControl(control))
    const text = element("div", { className: "sx-hidden" })
    const reading = element("p", { className: "sx-reading", textContent: this.data.strings.waiting })
    const proof = element("p", { className: "sx-proof" })
    this.panels.set(name, { name, plot, text, reading, proof })
    const head = element("div", { className: "sx-head" }, element("h3", { textContent: question }))
    const parts = [head, row, text, plot, reading, proof]
    if (about) {
      head.append(this.buildSave(name, plot))
      parts.splice(1, 0, element("details", {},
        element("summary", { textContent: this.data.strings.about }), element("p", { textContent: about })))
    }
    const section = element("section", { className: "sx-panel", "aria-label": question }, ...parts)
    section.id = `sx-${name}`
    return section
  }

  buildSave(name, plot) {
    const { strings } = this.data
    const image = element("button", { type: "button", textContent: strings.image, title: strings.saveImage })
    image.onclick = () => {
      const style = getComputedStyle(this.root)
      const paper = style.getPropertyValue("--st-background-color")
      const layout = { ...plot.layout, paper_bgcolor: paper, plot_bgcolor: paper }
      window.Plotly.downloadImage({ data: plot.data, layout },
        { format: "png", scale: 2, width: plot.clientWidth, height: plot.clientHeight, filename: name })
    }
    const table = element("button", { type: "button", textContent: strings.csv, title: strings.saveCsv })
    table.onclick = () => this.ask({ csv: name })
    return element("div", { className: "sx-save" }, image, table)
  }

  save({ name, content }) {
    const address = URL.createObjectURL(new Blob([content], { type: "text/csv" }))
    element("a", { href: address, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(address), 10000)
  }

  // A click on a trace that says where its time steps are marks one, and on a trace that
  // stands for something chooses that.
  clicked({ points }) {
    const [point] = points
    const { choose: told, pick } = point.data.meta || {}
    if (pick) for (const [axis, name] of Object.entries(pick)) this.choose(name, this.typed(name, point[axis]))
    else if (told) for (const [name, value] of Object.entries(told)) this.choose(name, value)
    else {
      const axis = point.data.meta && point.data.meta.time
      const step = axis ? Number(point[axis]) : NaN
      if (Number.isInteger(step) && step > 0) this.choose("mark", step - 1)
    }
    this.ask()
  }

  // A number as the control of that name takes it.
  typed(name, value) {
    const input = this.root.querySelector(`[data-control="${name}"]`)
    return input && input.type === "text" ? String(value) : value
  }

  choose(name, value) {
    this.choice[name] = value
    const input = this.root.querySelector(`[data-control="${name}"]`)
    if (input) input.value = value
  }

  buildControl({ name, label, kind, options, value, min, max, step, help, play, pause }) {
    if (kind === "button") {
      const button = element("button", { type: "button", textContent: label, title: help })
      button.onclick = () => this.ask({ [name]: value })
      return button
    }
    const known = this.choice[name]
    const fits = known !== undefined && (kind !== "select" || options.some(([id]) => String(id) === String(known)))
    const current = fits ? known : value
    this.choice[name] = current
    let input
    if (kind === "select") {
      input = element("select")
      for (const [id, title] of options) {
        input.append(element("option", { value: id, textContent: title, selected: String(current) === String(id) }))
      }
    } else {
      input = element("input", { type: kind, value: current })
      if (min !== undefined) Object.assign(input, { min, max, step })
      if (kind === "text") input.maxLength = max
    }
    if (help) input.title = help
    input.dataset.control = name
    const change = () => {
      const number = kind === "number" || kind === "range"
      if (!input.checkValidity()) { input.reportValidity(); return }
      this.choice[name] = number ? Number(input.value) : input.value
      this.ask()
    }
    if (kind === "text") {
      let timer
      input.oninput = () => { clearTimeout(timer); timer = setTimeout(change, 400) }
    } else input.onchange = change
    const field = element("label", {}, label, input)
    return play ? element("div", { className: "sx-player" }, field, this.buildPlayer(input, change, play, pause)) : field
  }

  // A button that moves a range from its beginning to its end, a step at a time.
  buildPlayer(input, change, play, pause) {
    const shown = element("output", { textContent: input.value })
    const button = element("button", { type: "button", textContent: play })
    const rest = () => { clearInterval(this.player); this.player = null; button.textContent = play }
    const say = () => { shown.textContent = input.value }
    input.onchange = null
    input.oninput = () => { say(); change() }
    button.onclick = () => {
      if (this.player) { rest(); return }
      button.textContent = pause
      if (Number(input.value) >= this.lastStep(input)) input.value = input.min
      say()
      change()
      this.player = setInterval(() => {
        if (!input.isConnected || Number(input.value) >= this.lastStep(input)) { rest(); return }
        input.stepUp()
        say()
        change()
      }, PLAY_PAUSE)
    }
    return element("span", {}, shown, button)
  }

  // Where there is nothing more to play: a panel may say so before the range ends.
  lastStep(input) {
    const ends = Object.values(this.frame ? this.frame.panels : {}).map((panel) => panel && panel.last)
    return Math.min(Number(input.max), ...ends.filter((end) => Number.isInteger(end)))
  }

  slide(index) {
    this.silence()
    const steps = this.frame ? this.frame.checkpoints : []
    this.at = index >= steps.length ? null : steps[index]
    this.showMoment()
    this.ask()
  }

  connect() {
    if (this.closed) return
    const url = new URL(this.data.socket, window.location.href)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    socket.binaryType = "arraybuffer"
    this.socket = socket
    socket.onopen = () => { this.wait = 500; this.ask({}, true) }
    socket.onmessage = (event) => this.receive(decode(event.data))
    socket.onclose = () => {
      if (this.closed || this.socket !== socket) return
      this.state.textContent = this.data.strings.reconnecting
      setTimeout(() => this.connect(), this.wait)
      this.wait = Math.min(this.wait * 2, 5000)
    }
  }

  // Say what this page wants to see; the server answers with frames until told otherwise.
  ask(more = {}, unasked = false) {
    if (!unasked) this.trouble = "" // what was wrong is told until the reader acts again
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN || !this.data.run) return
    const entries = Object.entries(this.choice)
    const wish = {
      ...Object.fromEntries(entries.filter(([name]) => !name.includes("."))),
      page: this.data.page, run: this.data.run, language: this.data.language,
      at: this.at ?? -1, hidden: document.hidden, token: this.data.token, ...more,
    }
    if (this.inside) {
      wish.options = Object.fromEntries(entries.filter(([name]) => name.includes(".")))
      wish.shown = [...this.shown].sort().join(",")
    }
    this.socket.send(JSON.stringify(wish))
  }

  receive(frame) {
    if (frame.error !== undefined) { this.trouble = frame.error; this.say(frame.error); return }
    if (frame.download) { this.save(frame.download); return }
    if (frame.run !== this.data.run) return
    this.frame = frame
    this.fresh = true
    if (!this.scheduled) {
      this.scheduled = true
      requestAnimationFrame(() => { this.scheduled = false; this.draw() })
    }
  }

  say(sentence) {
    this.message.textContent = sentence
  }

  clickedLink({ target, ctrlKey, metaKey, shiftKey }) {
    const link = target.closest?.("a[href]")
    if (link?.origin !== location.origin || ctrlKey || metaKey || shiftKey) return
    if (link.pathname !== this.path) this.leftAt = performance.now()
  }

  // Streamlit then draws this page again: told while the next one is on its way, it would
  // come back to this one.
  tell(name, value, delay = 0) {
    clearTimeout(this.untold[name])
    const wait = Math.max(delay, this.leftAt + LEAVING - performance.now())
    if (wait > 0) this.untold[name] = setTimeout(() => this.tell(name, value), wait)
    else this.report(name, value)
  }

  draw() {
    const frame = this.frame
    if (!frame || frame.run !== this.data.run) return
    this.say(this.trouble || frame.message)
    this.state.textContent = frame.state
    this.bar.value = frame.steps ? frame.step / frame.steps : 0
    this.numbers.textContent = frame.numbers
    this.slider.max = frame.checkpoints.length
    if (this.at === null) this.slider.value = this.slider.max
    this.showMoment()
    for (const [name, panel] of this.panels) this.drawPanel(panel, frame.panels[name])
    const news = this.fresh && frame.status !== this.reported
    this.fresh = false
    if (news) {
      this.reported = frame.status
      this.tell("status", { run: frame.run, status: frame.status })
    }
  }

  drawPanel({ name, plot, text, reading, proof }, content) {
    // What is being played stays as it is until it ends.
    if (!content || (this.playing && text.contains(this.playing.button))) return
    reading.textContent = content.reading
    reading.classList.toggle("sx-alarm", Boolean(content.alarm))
    proof.textContent = content.proof || ""
    plot.setAttribute("aria-label", content.alternative)
    text.classList.toggle("sx-hidden", !content.text)
    if (content.text) this.drawText(text, content.text)
    plot.classList.toggle("sx-small", Boolean(content.text))
    if (!window.Plotly || !content.figure) return
    const template = this.data.templates[this.dark ? "dark" : "light"]
    const { data, layout } = fitted(content.figure, plot.clientWidth)
    const sizes = { ...layout, template, autosize: true }
    busy(plot, window.Plotly.react(plot, data, sizes, PLOTLY_CONFIG))
    if (!this.inside || plot.heard) return
    plot.heard = true
    plot.on("plotly_click", (event) => this.clicked(event))
    // A line that can be dragged is the first shape; its height is an option.
    plot.on("plotly_relayout", (event) => {
      const height = event["shapes[0].y0"]
      const drag = this.frame.panels[name] && this.frame.panels[name].drag
      if (height === undefined || !drag) return
      this.choose(drag, Number(height.toFixed(3)))
      this.ask()
    })
  }

  drawText(node, { blocks }) {
    const said = JSON.stringify(blocks)
    if (node.said === said) return
    node.said = said
    const focused = [...node.querySelectorAll("button")].indexOf(document.activeElement)
    node.replaceChildren(...blocks.flatMap(({ caption, tokens, joiner, play }) => [
      element("p", { className: "sx-caption", textContent: caption },
        ...(play && play.notes.length ? [this.buildPlay(play, caption)] : [])),
      element("div", { className: "sx-text", tabIndex: 0, "aria-label": caption },
        ...tokens.flatMap(([word, kind, shade], index) => {
          const span = element("span", { textContent: word, className: kind ? `sx-token sx-${kind}` : "sx-token" })
          if (shade > 0) span.style.backgroundColor = `rgba(213, 94, 0, ${(0.75 * shade).toFixed(2)})`
          return index && joiner ? [joiner, span] : [span]
        })),
    ]))
    if (focused >= 0) node.querySelectorAll("button")[focused]?.focus({ preventScroll: true })
  }

  buildPlay(play, caption) {
    const button = element("button", { type: "button", className: "sx-play", textContent: `▶ ${play.start}` })
    button.setAttribute("aria-label", `${play.start}: ${caption}`)
    button.onclick = () => {
      if (this.playing && this.playing.button === button) { this.silence(); return }
      this.silence(false)
      const box = button.parentElement.nextElementSibling
      const spans = box.querySelectorAll("span")
      const tune = new Tune(play, (token) => {
        spans.forEach((span, index) => span.classList.toggle("sx-sounding", index === token))
        if (token >= 0) box.scrollTop = spans[token].offsetTop - box.offsetTop - box.clientHeight / 2
      }, () => this.silence())
      this.playing = { tune, button, spans, name: button.getAttribute("aria-label"), words: button.textContent }
      button.dataset.playing = tune.sound.state
      tune.sound.onstatechange = () => { button.dataset.playing = tune.sound.state }
      button.textContent = `■ ${play.stop}`
      button.setAttribute("aria-label", `${play.stop}: ${caption}`)
    }
    return button
  }

  // End what is being played, and show what came meanwhile.
  silence(redraw = true) {
    if (!this.playing) return
    const { tune, button, spans, name, words } = this.playing
    this.playing = null
    tune.stop()
    for (const span of spans) span.classList.remove("sx-sounding")
    delete button.dataset.playing
    button.textContent = words
    button.setAttribute("aria-label", name)
    if (redraw && this.frame) this.draw()
  }

  showMoment() {
    const { strings } = this.data
    const shown = this.at ?? (this.frame ? this.frame.step : 0)
    const template = this.at === null ? strings.momentLive : strings.momentPast
    this.moment.textContent = template.replace("%s", shown.toLocaleString(this.data.language))
    this.toLive.disabled = this.at === null
    this.slider.setAttribute("aria-valuetext", this.moment.textContent)
    if (this.reportedAt !== this.at) {
      this.reportedAt = this.at
      this.tell("at", this.at, SETTLED)
    }
  }

  close() {
    this.closed = true
    this.frame = null
    this.silence()
    clearInterval(this.player)
    this.sizes.disconnect()
    this.sight.disconnect()
    document.removeEventListener("visibilitychange", this.onVisible)
    document.removeEventListener("click", this.onClick, true)
    window.removeEventListener("popstate", this.onBack)
    for (const timer of Object.values(this.untold)) clearTimeout(timer)
    if (this.socket) this.socket.close()
    for (const { plot } of this.panels.values()) clear(plot)
  }
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const root = parentElement.querySelector(".sx-live")
  if (!root) return undefined
  let live = instances.get(root)
  if (!live) {
    live = new Live(root)
    instances.set(root, live)
  }
  live.update(data, setStateValue)
  return () => {
    live.close()
    instances.delete(root)
  }
}
