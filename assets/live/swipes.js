// A swipe that begins on a slider scrolls the page: the slider hears of a finger once it
// has moved sideways, or was lifted where it came down.

const SIDEWAYS = 8 // pixels
const GUARDED = Symbol.for("sequence-explorer.swipes")
const SLIDERS = 'input[type="range"], [data-testid="stSlider"] [data-rac]'

class Touch {
  constructor({ target, pointerId, clientX, clientY }) {
    this.target = target
    this.at = { pointerId, clientX, clientY }
    this.value = target.type === "range" ? target.value : null // of a slider of the browser's own
  }

  isOf({ pointerId }) {
    return pointerId === this.at.pointerId
  }

  // The slider is told what it missed. A listener of a library's slider is among its parents.
  passOn() {
    const { target, at } = this
    if (this.value !== null) target.dispatchEvent(new Event("input", { bubbles: true }))
    else {
      target.dispatchEvent(new PointerEvent("pointerdown", {
        ...at, pointerType: "touch", isPrimary: true, bubbles: true, cancelable: true,
      }))
    }
  }

  takeBack() {
    if (this.value !== null) this.target.value = this.value
  }
}

function guardSliders() {
  if (document[GUARDED]) return
  document[GUARDED] = true
  let touch = null // one of which is not known yet whether it scrolls
  const decide = (event, slides) => {
    if (!touch?.isOf(event)) return
    const decided = touch
    touch = null
    if (slides) decided.passOn()
    else decided.takeBack()
  }
  const on = (name, heard) => document.addEventListener(name, heard, true)
  on("pointerdown", (event) => {
    if (!event.isTrusted || event.pointerType !== "touch" || !event.target.closest(SLIDERS)) return
    touch = new Touch(event)
    if (touch.value === null) event.stopPropagation()
  })
  on("touchstart", (event) => { if (touch?.value === null && event.target === touch.target) event.stopPropagation() })
  on("pointermove", (event) => {
    if (touch?.isOf(event) && Math.abs(event.clientX - touch.at.clientX) > SIDEWAYS) decide(event, true)
  })
  on("pointerup", (event) => decide(event, true))
  on("pointercancel", (event) => decide(event, false))
  for (const name of ["input", "change"]) {
    on(name, (event) => { if (touch?.target === event.target) event.stopPropagation() })
  }
}
