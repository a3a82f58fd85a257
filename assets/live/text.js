// Blocks of text in a panel, and the one of them that is being played.

const STARTING = 500 // milliseconds that sound may take to begin

class Texts {
  // `ended`: shows what came while something was played.
  constructor(ended) {
    this.ended = ended
    this.playing = null
  }

  draw(node, { blocks }) {
    const said = JSON.stringify(blocks)
    if (node.said === said) return
    node.said = said
    const focused = [...node.querySelectorAll("button")].indexOf(document.activeElement)
    node.replaceChildren(...blocks.flatMap((block) => this.block(block)))
    if (focused >= 0) node.querySelectorAll("button")[focused]?.focus({ preventScroll: true })
  }

  block({ caption, tokens, joiner, play }) {
    const spans = tokens.flatMap(([word, kinds, shade], index) => {
      const classes = ["token", ...kinds.split(" ").filter(Boolean)].map((kind) => `sx-${kind}`)
      const span = element("span", { textContent: word, className: classes.join(" ") })
      if (shade > 0) span.style.backgroundColor = `rgba(213, 94, 0, ${(0.75 * shade).toFixed(2)})`
      return index && joiner ? [joiner, span] : [span]
    })
    return [
      element("p", { className: "sx-caption", textContent: caption },
        ...(play && play.notes.length ? [this.button(play, caption)] : [])),
      element("div", { className: "sx-text", tabIndex: 0, "aria-label": caption }, ...spans),
    ]
  }

  button(play, caption) {
    const button = element("button", { type: "button", className: "sx-play", textContent: `▶ ${play.start}` })
    button.setAttribute("aria-label", `${play.start}: ${caption}`)
    button.onclick = () => {
      if (this.playing && this.playing.button === button) { this.silence(); return }
      this.silence(false)
      this.play(button, play, caption)
    }
    return button
  }

  play(button, play, caption) {
    const box = button.parentElement.nextElementSibling
    const spans = box.querySelectorAll("span")
    const tune = new Tune(play, (token) => {
      spans.forEach((span, index) => span.classList.toggle("sx-sounding", index === token))
      if (token >= 0) box.scrollTop = spans[token].offsetTop - box.offsetTop - box.clientHeight / 2
    }, () => this.silence())
    this.playing = { tune, button, spans, name: button.getAttribute("aria-label"), words: button.textContent }
    const hint = element("span", { role: "status", className: "sx-hint" })
    button.after(hint)
    const heard = () => {
      button.dataset.playing = tune.sound.state
      hint.textContent = tune.sound.state === "suspended" ? play.silent : ""
    }
    tune.sound.onstatechange = heard
    const later = setTimeout(heard, STARTING)
    button.dataset.playing = tune.sound.state
    this.playing.unhint = () => { clearTimeout(later); hint.remove() }
    button.textContent = `■ ${play.stop}`
    button.setAttribute("aria-label", `${play.stop}: ${caption}`)
  }

  // What is being played stays as it is until it ends.
  busyIn(node) {
    return Boolean(this.playing) && node.contains(this.playing.button)
  }

  silence(redraw = true) {
    if (!this.playing) return
    const { tune, button, spans, name, words, unhint } = this.playing
    this.playing = null
    tune.stop()
    unhint()
    for (const span of spans) span.classList.remove("sx-sounding")
    delete button.dataset.playing
    button.textContent = words
    button.setAttribute("aria-label", name)
    if (redraw) this.ended()
  }
}
