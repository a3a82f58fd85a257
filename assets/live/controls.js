// What the reader chose, and the fields and buttons by which it is chosen. An option of a
// panel is named "panel.option"; what has no dot in its name is shared by all panels.

const PLAY_PAUSE = 700 // milliseconds from one step to the next, at least
const PATIENCE = 5000 // milliseconds that a step waits for its picture, at most
const TYPING = 400 // milliseconds without a key until a text counts as given

class Controls {
  // `ask`: says what to see now, with more besides; `ends`: the last steps of all panels.
  constructor(root, ask, ends) {
    this.root = root
    this.ask = ask
    this.ends = ends
    this.choice = {}
    this.awaited = 0 // when a picture was last asked for that has not come; 0: it has
  }

  // All choices, as the server takes them.
  chosen() {
    const entries = Object.entries(this.choice)
    const options = entries.filter(([name]) => name.includes("."))
    return {
      ...Object.fromEntries(entries.filter(([name]) => !name.includes("."))),
      options: Object.fromEntries(options),
    }
  }

  choose(name, value) {
    this.choice[name] = value
    const input = this.find(name)
    if (input) input.value = this.shown(input, value)
    this.showNeeded()
  }

  // Only what means something beside the other choices.
  showNeeded() {
    for (const field of this.root.querySelectorAll("[data-when]")) {
      const [other, values] = JSON.parse(field.dataset.when)
      field.classList.toggle("sx-hidden", !values.includes(this.choice[other]))
    }
  }

  // What stands in a field for a value: nothing where it is left empty.
  shown(input, value) {
    const { unset, shift } = input.dataset
    if (unset === undefined) return value
    return value === Number(unset) ? "" : value + Number(shift)
  }

  // The value that stands in a field.
  given(input) {
    const { unset, shift } = input.dataset
    if (!["number", "range"].includes(input.type)) return input.value
    if (unset === undefined) return Number(input.value)
    return input.value === "" ? Number(unset) : Number(input.value) - Number(shift)
  }

  // A number as the control of that name takes it.
  typed(name, value) {
    return this.find(name)?.type === "text" ? String(value) : value
  }

  find(name) {
    return this.root.querySelector(`[data-control="${name}"]`)
  }

  row(controls, className = "sx-controls") {
    return element("div", { className }, ...controls.map((control) => this.build(control)))
  }

  build({ name, label, kind, options, value, min, max, step, help, play, pause, blank, unset, shift, when }) {
    if (kind === "button") {
      const button = element("button", { type: "button", textContent: label, title: help })
      button.onclick = () => this.ask({ [name]: value })
      return button
    }
    const known = this.choice[name]
    const listed = kind !== "select" || options.some(([id]) => String(id) === String(known))
    const inside = typeof known !== "number" || (blank && known === unset) || !(known < min || known > max)
    const fits = known !== undefined && listed && inside
    const current = fits ? known : value
    this.choice[name] = current
    const input = kind === "select" ? this.select(options, current) : this.input(kind, current, min, max, step)
    if (help) input.title = help
    if (blank) {
      Object.assign(input, { placeholder: blank, min: min + shift, max: max + shift })
      Object.assign(input.dataset, { unset, shift })
      input.value = this.shown(input, current)
    }
    input.dataset.control = name
    const change = () => {
      if (!input.checkValidity()) { input.reportValidity(); return }
      this.choice[name] = this.given(input)
      this.showNeeded()
      this.ask()
    }
    if (kind === "text") {
      let timer
      input.oninput = () => { clearTimeout(timer); timer = setTimeout(change, TYPING) }
    } else input.onchange = change
    const field = element("label", {}, label, input)
    if (when) field.dataset.when = JSON.stringify(when)
    return play ? element("div", { className: "sx-player" }, field, this.player(input, change, play, pause)) : field
  }

  select(options, current) {
    const input = element("select")
    for (const [id, title] of options) {
      input.append(element("option", { value: id, textContent: title, selected: String(current) === String(id) }))
    }
    return input
  }

  input(kind, current, min, max, step) {
    const input = element("input", { type: kind, value: current })
    if (min !== undefined) Object.assign(input, { min, max, step })
    if (kind === "text") input.maxLength = max
    return input
  }

  // A button that moves a range from its beginning to its end, a step at a time, each
  // once the picture of the one before is there.
  player(input, change, play, pause) {
    const shown = element("output", { textContent: input.value })
    const button = element("button", { type: "button", textContent: play })
    const rest = () => { this.rest(); button.textContent = play }
    const say = () => { shown.textContent = input.value }
    input.onchange = null
    input.oninput = () => { say(); change() }
    button.onclick = () => {
      if (this.playing) { rest(); return }
      button.textContent = pause
      if (Number(input.value) >= this.lastStep(input)) input.value = input.min
      const move = () => { say(); this.awaited = performance.now(); change() }
      move()
      this.playing = setInterval(() => {
        if (!input.isConnected || Number(input.value) >= this.lastStep(input)) { rest(); return }
        if (this.awaited && performance.now() - this.awaited < PATIENCE) return
        input.stepUp()
        move()
      }, PLAY_PAUSE)
    }
    return element("span", {}, shown, button)
  }

  // The picture that was asked for is there.
  arrived() { this.awaited = 0 }

  // Where there is nothing more to play: a panel may say so before the range ends.
  lastStep(input) {
    const shift = Number(input.dataset.shift ?? 0)
    const ends = this.ends().filter((end) => Number.isInteger(end)).map((end) => end + shift)
    return Math.min(Number(input.max), ...ends)
  }

  rest() {
    clearInterval(this.playing)
    this.playing = null
  }
}
