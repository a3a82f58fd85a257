// What Streamlit says by itself is English; a reader of another language hears it in
// theirs. Each is looked for in its own part of Streamlit's alone: what people wrote
// stays as it is.
const WORDING = Symbol.for("sequence-explorer.wording")
const NAMES = ["aria-label", "placeholder"]

// "Help for %(label)s" and its kin, each with its part and with what is said instead.
const rule = ([part, said, instead]) => {
  const plain = said.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace("%\\(label\\)s", "(.+)")
  return { part: `[data-testid^="st${part}"]`, said: new RegExp(`^${plain}$`, "s"), instead }
}

const back = (words) => words.map(([part, english, ours]) => [part, ours, english])

class Wording {
  constructor() {
    this.words = { names: [], texts: [] }
    this.observer = new MutationObserver((records) => this.heard(records))
  }

  // Say this from now on, and no more what was said before.
  speak(words) {
    if (JSON.stringify(words) === JSON.stringify(this.words)) return
    this.observer.disconnect()
    this.say({ names: back(this.words.names), texts: back(this.words.texts) })
    this.words = words
    if (!words.names.length) return
    this.say(words)
    const what = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES }
    this.observer.observe(document.body, what)
  }

  say({ names, texts }) {
    this.names = names.map(rule)
    this.texts = texts.map(rule)
    this.within(document.body)
  }

  heard(records) {
    for (const { type, target, addedNodes } of records) {
      if (type === "childList") addedNodes.forEach((node) => this.within(node))
      else if (type === "attributes") this.name(target)
      else this.text(target)
    }
  }

  within(node) {
    if (node instanceof Text) this.text(node)
    if (!(node instanceof HTMLElement)) return
    this.name(node)
    for (const each of node.querySelectorAll(NAMES.map((name) => `[${name}]`).join())) this.name(each)
    for (const { part } of this.texts) {
      for (const each of [node.closest(part) && node, ...node.querySelectorAll(part)]) {
        const texts = each && document.createTreeWalker(each, NodeFilter.SHOW_TEXT)
        while (texts?.nextNode()) this.text(texts.currentNode)
      }
    }
  }

  name(element) {
    for (const name of NAMES) {
      const ours = this.ours(element.getAttribute(name), element, this.names)
      if (ours) element.setAttribute(name, ours)
    }
  }

  text(node) {
    const ours = this.ours(node.data, node.parentElement, this.texts)
    if (ours) node.data = ours
  }

  ours(said, element, rules) {
    for (const { part, said: theirs, instead } of said ? rules : []) {
      const found = said.match(theirs)
      if (found && element?.closest(part)) return instead.replace("%(label)s", () => found[1])
    }
    return null
  }
}

function speak(words) {
  document[WORDING] ??= new Wording()
  document[WORDING].speak(words)
}
