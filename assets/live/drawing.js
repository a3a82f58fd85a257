// A line drawn with mouse, pen or finger: one height per column, sent when it is let go.

const COLUMNS = 400
const kept = new WeakMap()

function paint(canvas, state) {
  const box = canvas.getBoundingClientRect()
  const scale = window.devicePixelRatio || 1
  canvas.width = Math.max(1, Math.round(box.width * scale))
  canvas.height = Math.max(1, Math.round(box.height * scale))
  const pen = canvas.getContext("2d")
  const style = getComputedStyle(canvas)
  const [w, h] = [canvas.width, canvas.height]
  pen.lineWidth = scale
  pen.strokeStyle = style.borderTopColor
  pen.beginPath()
  pen.moveTo(0, h / 2)
  pen.lineTo(w, h / 2)
  pen.stroke()
  pen.lineWidth = 2.5 * scale
  pen.lineJoin = "round"
  pen.strokeStyle = style.color
  pen.beginPath()
  let down = false
  state.heights.forEach((height, k) => {
    if (height === null) { down = false; return }
    const x = (k / (COLUMNS - 1)) * w
    const y = ((1 - height) / 2) * h
    if (down) pen.lineTo(x, y)
    else pen.moveTo(x, y)
    down = true
  })
  pen.stroke()
}

function place(canvas, event) {
  const box = canvas.getBoundingClientRect()
  const within = (share) => Math.min(1, Math.max(0, share))
  const column = Math.round(within((event.clientX - box.left) / box.width) * (COLUMNS - 1))
  return [column, 1 - 2 * within((event.clientY - box.top) / box.height)]
}

function draw(state, [column, height]) {
  const [from, start] = state.last ?? [column, height]
  const steps = Math.max(1, Math.abs(column - from))
  for (let k = 0; k <= steps; k++) {
    state.heights[from + Math.sign(column - from) * k] = start + ((height - start) * k) / steps
  }
  state.last = [column, height]
}

// Columns that were left out lie on lines between those that were drawn.
function whole(heights) {
  const known = heights.flatMap((height, k) => (height === null ? [] : [k]))
  if (known.length < 2) return []
  const found = []
  for (let i = 0; i + 1 < known.length; i++) {
    const [a, b] = [known[i], known[i + 1]]
    for (let k = a; k < b; k++) {
      found.push(heights[a] + ((heights[b] - heights[a]) * (k - a)) / (b - a))
    }
  }
  found.push(heights[known[known.length - 1]])
  return found
}

export default function (component) {
  const { data, parentElement, setStateValue } = component
  const canvas = parentElement.querySelector(".sx-canvas")
  const clear = parentElement.querySelector(".sx-clear")
  if (!canvas || !clear) return undefined
  const state = kept.get(canvas) ?? { heights: Array(COLUMNS).fill(null), last: null }
  kept.set(canvas, state)
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", data.alternative)
  clear.textContent = data.clear

  canvas.onpointerdown = (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    state.last = null
    draw(state, place(canvas, event))
    paint(canvas, state)
    event.preventDefault()
  }
  canvas.onpointermove = (event) => {
    if (!state.last) return
    const passed = event.getCoalescedEvents?.() ?? []
    for (const each of passed.length ? passed : [event]) draw(state, place(canvas, each))
    paint(canvas, state)
  }
  const letGo = () => {
    if (!state.last) return
    state.last = null
    setStateValue("heights", whole(state.heights))
  }
  canvas.onpointerup = letGo
  canvas.onpointercancel = letGo
  clear.onclick = () => {
    state.heights.fill(null)
    state.last = null
    paint(canvas, state)
    setStateValue("heights", [])
  }
  const sizes = new ResizeObserver(() => paint(canvas, state))
  sizes.observe(canvas)
  paint(canvas, state)
  return () => sizes.disconnect()
}
