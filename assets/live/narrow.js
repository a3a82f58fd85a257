// On a phone the plot keeps the width: what stands beside it elsewhere stands under it.

const NARROW = 480 // pixels
const SHORT = 240 // pixels of a plot under which nothing more has room
const LETTER = 8
const LINE = 20
const LABEL = 15 // of a line's label
const AXIS = 52 // from the plot's lower edge to below the words of its axis
const RIGHT = 12 // beside the plot
const BAR = 40 // of a colour bar with its words
const USUAL = 304 // pixels of a panel's plot; a figure with many rows says what it needs
const AREA = 0.6 // of a narrow panel is plot, at least

const letters = (text) => [...text.replace(/<[^>]*>/g, "")].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0)

// Only as many words of a row as stand apart.
const thinned = (words, width) => {
  const sum = words.reduce((total, word) => total + letters(word) + 1, 0)
  const every = Math.ceil((sum * LETTER) / (width * AREA))
  return words.map((word, index) => (index % every ? "" : word))
}

// A few words below an axis all stay: broken into lines, or else aslant.
const FEW = 8
const HEADS = 0.8 // of a narrow panel is shared out among them
const headed = (axis, width) => {
  const words = axis.ticktext
  if (words.length > FEW) return { ...axis, ticktext: thinned(words, width) }
  const lines = words.map((word) => String(word).split(" "))
  const longest = Math.max(...lines.flat().map(letters))
  if ((longest + 1) * LETTER * words.length > width * HEADS) return { ...axis, tickangle: -40 }
  return { ...axis, ticktext: lines.map((each) => each.join("<br>")) }
}

// The labels of line ends in as few lines as hold them.
const packed = (labels, width) => {
  const lines = []
  let room = 0
  for (const label of labels) {
    const taken = (letters(label) + 3) * LETTER
    if (taken > room) { lines.push([]); room = width }
    lines.at(-1).push(label)
    room -= taken
  }
  return lines.map((line) => line.join(" &nbsp; "))
}

// A bar below the plot, as long as leaves its last word room: Plotly leaves out a word
// that would be cut.
const flat = (bar, width) => {
  const last = letters(String(bar?.ticktext?.at(-1) ?? "")) * LETTER
  const room = width - AXIS - RIGHT
  return {
    ...bar, orientation: "h", x: 0, xanchor: "left", len: Math.min(1, 1 + (RIGHT - last / 2) / room), thickness: 12,
    y: 0, yref: "container", yanchor: "bottom", ypad: 4, title: { ...bar?.title, side: "top" },
  }
}

const above = ({ y, yref, yanchor }) => y === 1 && yref === "paper" && yanchor === "bottom"

// Where a plot is too low for the title of its upright axis, it stands above that, and
// above all words that already stand there.
function low(layout, height) {
  const { text } = layout.yaxis?.title ?? {}
  if (!text || letters(text) * LETTER < height - AXIS) return layout
  const shift = (layout.annotations ?? []).some(above) ? LINE : 0
  const title = {
    x: 0, xref: "paper", xanchor: "left", y: 1, yref: "paper", yanchor: "bottom", yshift: shift, showarrow: false, text,
  }
  return {
    ...layout,
    margin: { ...layout.margin, t: Math.max(LINE + shift + 6, layout.margin?.t ?? 0) },
    yaxis: { ...layout.yaxis, title: { text: "" } },
    annotations: [...(layout.annotations ?? []), title],
  }
}

const beside = ({ x, xref, xanchor }) => x === 1 && xref === "paper" && xanchor === "left"

// Places moved as little as possible until each is `step` above the one before.
function spread(places, step, lowest, highest) {
  const pools = []
  places.forEach((place, rank) => {
    let pool = { mean: place - rank * step, size: 1 }
    while (pools.length && pools.at(-1).mean > pool.mean) {
      const { mean, size } = pools.pop()
      pool = { mean: (pool.mean * pool.size + mean * size) / (pool.size + size), size: pool.size + size }
    }
    pools.push(pool)
  })
  const top = highest - (places.length - 1) * step
  const free = pools.flatMap(({ mean, size }) => Array(size).fill(Math.min(Math.max(mean, lowest), top)))
  return free.map((place, rank) => place + rank * step)
}

// The labels of line ends keep a line's distance, however low the plot is.
function apart(layout, height) {
  const labels = (layout.annotations ?? []).filter((each) => beside(each) && each.yref === "y")
  const { range, domain = [0, 1] } = layout.yaxis ?? {}
  if (!range || labels.length < 2) return layout
  const [lowest, highest] = range[0] < range[1] ? range : [range[1], range[0]]
  const room = (height - AXIS - (layout.margin?.t ?? 12)) * (domain[1] - domain[0])
  const step = Math.min(LABEL / Math.max(room, 1), 1 / (labels.length - 1)) * (highest - lowest)
  const order = [...labels].sort((one, other) => one.y - other.y)
  const places = spread(order.map(({ y }) => y), step, lowest, highest)
  const moved = new Map(order.map((label, rank) => [label, { ...label, y: places[rank] }]))
  return { ...layout, annotations: layout.annotations.map((each) => moved.get(each) ?? each) }
}

// Whether a panel of this size shows under its plot what stands beside it elsewhere.
const slender = (width, height) => width <= NARROW && height >= SHORT

// The figure for a panel of this size, and how many pixels higher it is to be.
function fitted({ data, layout }, width, height) {
  const least = Math.max(0, (layout.meta?.least ?? 0) - USUAL)
  if (!slender(width, height)) return { data, layout: apart(low(layout, height), height), more: least }
  const strip = (trace) => trace.mode === "text" && trace.yaxis === "y2"
  const { xaxis, annotations = [] } = layout
  const kept = annotations.filter((each) => each.name !== "note" && !beside(each))
  const lines = packed(annotations.filter(beside).map(({ text }) => text), width)
  const bars = Object.entries(layout).filter(([name, { colorbar } = {}]) => name.startsWith("coloraxis") && colorbar)
  const barred = (trace) => trace.colorbar && trace.showscale !== false
  const more = lines.length * LINE + (bars.length || data.some(barred) ? BAR : 0)
  const key = {
    x: 0, xref: "paper", xanchor: "left", xshift: -AXIS, y: 0, yref: "paper", yanchor: "top", yshift: -AXIS,
    align: "left", showarrow: false, text: lines.join("<br>"),
  }
  const under = more ? { margin: { ...layout.margin, l: AXIS, r: RIGHT, b: AXIS + more } } : {}
  const slim = {
    ...layout, ...under,
    ...Object.fromEntries(bars.map(([name, axis]) => [name, { ...axis, colorbar: flat(axis.colorbar, width) }])),
    xaxis: xaxis?.ticktext ? headed(xaxis, width) : xaxis,
    annotations: lines.length ? [...kept, key] : kept,
  }
  return {
    data: data.map((trace) => {
      if (barred(trace)) return { ...trace, colorbar: flat(trace.colorbar, width) }
      if (trace.meta?.narrow) return { ...trace, text: trace.meta.narrow }
      return strip(trace) ? { ...trace, text: thinned(trace.text, width) } : trace
    }),
    layout: low(slim, height),
    more: more + least,
  }
}
