// The live part of a page: one socket, one Plotly figure per panel, kept for as long as
// the page stands. Python says what to show (`data`), the socket brings the frames.

const instances = new WeakMap()

// Frames come as UTF-8 bytes, sentences about errors as text.
function decode(data) {
  return JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data))
}

const ABOVE = 2 // panels that stand above the slider, where all are to fit the window
const SETTLED = 600 // milliseconds that the slider stands still before Python hears of it
const SOON = 500 // milliseconds to the first new try of a lost socket
const LEAVING = 30000 // milliseconds that the next page may take to come

class Live {
  constructor(root) {
    this.root = root
    this.controls = new Controls(root, (more) => this.ask(more), () => this.lastSteps())
    this.texts = new Texts(() => { if (this.frame) this.draw() })
    this.at = null // the step that the slider stands at; null: the live end
    this.frame = null
    this.kept = null // the last frame that came, whichever run's it is
    this.trouble = ""
    this.reportedAt = null
    this.wait = SOON
    this.closed = false
    this.drawing = null
    this.panels = new Map()
    this.stage = new Stage(this)
    this.sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.panels.get(target.dataset.panel)?.resized(contentRect)
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
    this.onHide = () => rememberTop(this.root, this.data.page)
    window.addEventListener("pagehide", this.onHide)
  }

  update(data, report) {
    const changed = !this.data || this.data.run !== data.run
    const rebuilt = !this.data || this.data.layout !== data.layout
    this.data = data
    this.report = report
    this.dark = isDark(this.root)
    this.dress(held(data.templates[this.dark ? "dark" : "light"]))
    this.reported = data.status // what Python knows
    this.root.classList.toggle("sx-stale", data.stale)
    this.root.classList.toggle("sx-compact", this.compact)
    if (changed) { this.at = null; this.texts.silence() }
    if (rebuilt) this.build()
    else if (changed) this.fade()
    if (changed || rebuilt) this.state.textContent = data.run ? data.strings.connecting : ""
    loadPlotly(data.plotly).then(() => this.draw(), () => this.say(data.strings.noPlotly))
    if (!this.socket) this.connect()
    else this.ask({}, true)
  }

  // Pictures are drawn anew for another template alone, and the page brings the same anew.
  dress(template) {
    const text = JSON.stringify(template)
    if (text === this.templateText) return
    this.template = template
    this.templateText = text
  }

  // What was told before the page came, nobody heard.
  untell() {
    if (this.stage.chosen) this.stage.leave()
    this.fresh = true
    this.reportedAt = null
  }

  // One panel per entry of data.panels; everything else is found again by its class.
  build() {
    const { strings } = this.data
    this.opened = new Set(this.recall("opened"))
    this.controls.choice = { ...this.recall("options"), ...this.controls.choice }
    this.texts.silence()
    for (const { plot } of this.panels.values()) clear(plot)
    this.panels.clear()
    this.controls.rest()
    this.sizes.disconnect()
    this.sight.disconnect()
    this.shown.clear()
    this.state = element("span", { className: "sx-state" })
    this.spoken = element("span", { className: "sx-unseen", role: "status" })
    this.bar = element("progress", { max: 1, value: 0, "aria-label": strings.progress })
    this.numbers = element("span", { className: "sx-numbers" })
    this.message = element("p", { className: "sx-message", role: "alert" })
    this.grid = element("div", { className: "sx-grid" })
    this.projector = element("button", { type: "button", className: "sx-project", textContent: strings.projector, title: strings.projectorHelp })
    this.projector.onclick = () => this.stage.enter([...this.panels.keys()][0], true)
    this.keys = this.stage.keysSwitch()
    this.shared = this.controls.row(this.data.shared, "sx-controls sx-shared")
    for (const each of this.data.panels) this.buildPanel(each)
    this.grid.classList.toggle("sx-alone", this.panels.size === 1)
    this.slider = element("input", { type: "range", id: "sx-slider", min: 0, max: 0, step: 1, value: 0 })
    this.moment = element("output")
    this.moment.setAttribute("for", "sx-slider")
    this.toLive = element("button", { type: "button", textContent: strings.toLive })
    this.thinned = element("small", { className: "sx-thinned" })
    this.slider.oninput = () => this.slide(Number(this.slider.value))
    this.toLive.onclick = () => this.slide(Number(this.slider.max))
    this.time = element("div", { className: "sx-time" },
      element("label", { htmlFor: "sx-slider", textContent: strings.slider }),
      this.slider, this.moment, this.toLive, this.thinned)
    this.root.replaceChildren(
      element("div", { className: "sx-bar" }, this.state, this.spoken, this.bar, this.numbers, this.keys, this.projector),
      element("p", { className: "sx-settings", textContent: this.data.settings }),
      this.message, this.shared, this.grid)
    this.placeTime()
    this.time.classList.toggle("sx-sticky", this.data.long)
    if (this.data.long) this.time.prepend(contents(this))
    this.controls.showNeeded()
    this.frame = null
    this.stage.rebuilt()
  }

  // Below the first panels, where all are to fit the window.
  placeTime() {
    this.time.remove()
    if (this.compact) this.grid.insertBefore(this.time, this.grid.children[ABOVE] ?? null)
    else this.grid.before(this.time)
  }

  // Panels stand elsewhere now, in other sizes.
  moved() {
    clearTimeout(this.sightTimer)
    this.sightTimer = setTimeout(() => this.ask({}, true), 60)
  }

  get step() { return this.at ?? (this.frame ? this.frame.step : 0) }

  // Of a long page this tab remembers what its reader opened and chose.
  recall(what) { return (this.data.long && recall("sessionStorage", `${this.data.page}.${what}`)) || [] }

  remember(what, value) { if (this.data.long) remember("sessionStorage", `${this.data.page}.${what}`, value) }

  open(name, open) {
    if (open) this.opened.add(name)
    else this.opened.delete(name)
    this.remember("opened", [...this.opened])
  }

  // What a picture says of its run and moment where it stands alone.
  get caption() { return `${this.data.title} · ${this.moment.textContent}` }

  // What panels need of the page besides its controls and texts.
  get strings() { return this.data.strings }

  get compact() { return !this.data.long }

  buildPanel(each) {
    const panel = new Panel(each, this)
    this.panels.set(panel.name, panel)
    this.sizes.observe(panel.plot)
    if (this.data.long) this.sight.observe(panel.plot)
    this.grid.append(panel.section)
  }

  // Where panels say that there is nothing more to play.
  lastSteps() {
    return Object.values(this.frame ? this.frame.panels : {}).map(({ last }) => last)
  }

  slide(index) {
    this.texts.silence()
    const steps = this.frame ? this.frame.checkpoints : []
    this.at = index >= steps.length ? null : steps[index]
    this.showMoment()
    this.ask()
  }

  connect() {
    if (this.closed) return
    const url = new URL(this.data.socket, document.baseURI)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    socket.binaryType = "arraybuffer"
    this.socket = socket
    socket.onopen = () => { this.wait = SOON; this.ask({}, true) }
    socket.onmessage = (event) => this.receive(decode(event.data))
    socket.onclose = () => {
      if (this.closed || this.socket !== socket) return
      this.state.textContent = this.spoken.textContent = this.data.strings.reconnecting
      if (this.wait > SOON) this.explain()
      setTimeout(() => this.connect(), this.wait)
      this.wait = Math.min(this.wait * 2, 5000)
    }
  }

  reconnect() {
    const before = this.socket
    this.connect()
    before.close()
  }

  // A server that answers but lets nobody in is not one that will be back soon.
  async explain() {
    const reason = await refusal(this.data.language)
    if (reason && this.socket.readyState !== WebSocket.OPEN) this.say(reason)
  }

  // Say what this page wants to see; the server answers with frames until told otherwise.
  ask(more = {}, unasked = false) {
    if (!unasked) {
      this.trouble = "" // what was wrong is told until the reader acts again
      this.remember("options", this.controls.chosen().options)
    }
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN || !this.data.run) return
    const shown = this.data.long ? [...this.shown].sort() : [...this.panels.keys()]
    const wish = {
      ...this.controls.chosen(), shown: shown.join(","), run: this.data.run, language: this.data.language,
      at: this.at ?? -1, hidden: document.hidden, token: this.data.token, keeps: true, ...more,
    }
    this.socket.send(JSON.stringify(wish))
  }

  receive(message) {
    if (message.error !== undefined) {
      this.trouble = message.error // empty: its cause is gone
      if (this.frame) this.say(this.trouble || this.frame.message)
      else if (this.trouble) { this.say(this.trouble); this.rest(this.trouble) }
      return
    }
    if (message.download) { saveText(message.download.name, message.download.content); return }
    this.take(message.changes ? merged(this.kept, message.changes) : message)
  }

  take(frame) {
    this.kept = anew(this.kept, frame)
    if (this.kept.run !== this.data.run) return
    this.frame = this.kept
    this.fresh = true
    if (!this.scheduled) {
      this.scheduled = true
      requestAnimationFrame(() => { this.scheduled = false; this.draw() })
    }
  }

  // What another run shows is not this one's: it pales until this one's comes.
  fade() {
    this.frame = null
    for (const panel of this.panels.values()) panel.section.classList.add("sx-others")
  }

  // Every panel without a picture, and why.
  rest(why) {
    this.frame = null
    for (const panel of this.panels.values()) panel.rest(why)
  }

  // A sentence that stands there is not spoken again.
  say(sentence) {
    if (this.message.textContent !== sentence) this.message.textContent = sentence
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
    if (this.spoken.textContent !== frame.spoken) this.spoken.textContent = frame.spoken
    this.bar.value = frame.steps ? frame.step / frame.steps : 0
    this.numbers.textContent = frame.numbers
    this.slider.max = frame.checkpoints.length
    this.thinned.textContent = frame.thinned
    if (this.at === null) this.slider.value = this.slider.max
    this.showMoment()
    if (!this.drawing) this.drawPanels()
    this.controls.arrived()
    this.lookOnce()
    const news = this.fresh && frame.status !== this.reported
    this.fresh = false
    if (news) {
      this.reported = frame.status
      this.tell("status", { run: frame.run, status: frame.status })
    }
  }

  // A first picture takes a tenth of a second or more: it is on the screen before the next
  // one is begun.
  drawPanels() {
    this.drawing = null // the timer of the next one
    const { frame } = this
    if (!frame) return
    for (const [name, panel] of this.panels) {
      const before = panel.standing
      panel.draw(frame.panels[name], this.template, frame.moment)
      if (!before && panel.standing) {
        this.drawing = setTimeout(() => this.drawPanels())
        return
      }
    }
  }

  // The panel that the reader came for is brought into sight once, by the first picture.
  lookOnce() {
    const { look, run } = this.data
    const panel = this.panels.get(look)
    if (!panel || this.looked === run) return
    this.looked = run
    if (recall("sessionStorage", "looked") === run) return
    remember("sessionStorage", "looked", run)
    goTo(panel.section, this.data.long ? "start" : "nearest")
  }

  showMoment() {
    const { strings } = this.data
    const shown = this.step
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
    clearTimeout(this.drawing)
    this.stage.close()
    this.frame = null
    this.texts.silence()
    this.controls.rest()
    this.sizes.disconnect()
    this.sight.disconnect()
    document.removeEventListener("visibilitychange", this.onVisible)
    document.removeEventListener("click", this.onClick, true)
    window.removeEventListener("popstate", this.onBack)
    window.removeEventListener("pagehide", this.onHide)
    for (const timer of Object.values(this.untold)) clearTimeout(timer)
    if (this.socket) this.socket.close()
    for (const { plot } of this.panels.values()) clear(plot)
  }
}

// The component's root: what stood there before the page did, if it is the same page's.
function settled(place, page) {
  if (!first) return place
  if (first.data.page !== page) { first.leave(); return place }
  const { root } = first
  first.move(place)
  return root
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const place = parentElement.querySelector(".sx-live")
  if (!place) return undefined
  const root = settled(place, data.page)
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
