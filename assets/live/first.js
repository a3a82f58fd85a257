// The first picture: drawn while Streamlit still loads, where its page will show it. The
// live component takes over what stands there.

let first = null

class First {
  // `kept`: it is as it was when the app was installed; the server has not begun yet.
  constructor({ data, frame, kept }) {
    this.data = data
    this.kept = kept
    this.path = location.pathname
    this.root = element("div", { className: "sx-live" })
    this.stand = element("div", { id: "sx-first", className: prefersDark() ? "sx-dark" : "" }, this.root)
    const { where, top } = recall("localStorage", `top.${data.page}`) ?? {}
    if (where === whereabouts() && Number.isFinite(top)) this.stand.style.setProperty("--sx-top", `${top}px`)
    document.documentElement.append(this.stand)
    this.live = new Live(this.root)
    instances.set(this.root, this.live)
    this.watch = new MutationObserver(() => this.look())
    this.watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-test-script-state"] })
    this.frame = frame
  }

  show() {
    this.live.update(this.data, () => {})
    if (this.frame) this.live.take(this.frame)
    this.look()
  }

  // A page that came and shows something else, as a sentence about what is wrong.
  look() {
    const ended = document.querySelector("[data-test-script-state=notRunning]")
    const comes = document.querySelector(`.st-key-live-${this.data.page}`)
    if (location.pathname !== this.path || (ended && !comes)) this.leave()
  }

  leave() {
    this.rest()
    this.live.close()
    instances.delete(this.root)
  }

  rest() {
    first = null
    this.watch.disconnect()
    this.stand.remove()
  }

  // It goes where the page has its place for it, and stays where it is on the screen.
  move(place) {
    const { scrollTop } = this.stand
    this.live.untell()
    place.replaceWith(this.root)
    if (this.kept) this.live.reconnect() // the browser had no cookie yet
    this.rest()
    const page = this.root.closest(".stMain")
    if (page) page.scrollTop = scrollTop
  }
}

// What decides how high on its page the live part begins.
const whereabouts = () => `${document.documentElement.lang} ${innerWidth}`

function rememberTop(root, page) {
  const main = root.closest(".stMain")
  const inClass = new URLSearchParams(location.search).has("class") // it has no first picture
  if (!main || inClass || root.classList.contains("sx-stage")) return
  const top = root.getBoundingClientRect().top + main.scrollTop
  remember("localStorage", `top.${page}`, { where: whereabouts(), top })
}

function prefersDark() {
  let chosen = ""
  try { chosen = localStorage.getItem("stActiveTheme-/-v2") ?? "" } catch (error) { console.warn(error) }
  if (/dark|light/i.test(chosen)) return /dark/i.test(chosen)
  return matchMedia("(prefers-color-scheme: dark)").matches
}

// What the page's head has asked for. A page that comes sooner needs it no more.
async function begin(asked) {
  const answer = await asked
  const told = answer.ok ? await answer.json() : null
  if (!told || document.querySelector(".sx-live")) return
  first = new First(told)
  try { first.show() } catch (error) { first?.leave(); throw error }
}

if (window.sxFirst) begin(window.sxFirst).catch((error) => console.warn("The page comes without a first picture.", error))
window.sxFirst = null
