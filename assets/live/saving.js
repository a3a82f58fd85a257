// A figure as a file: as an image with its title, its run and its moment, and as a table
// of what is drawn, with the axes' words and units as the columns' names.

const HEADROOM = 70 // pixels above the picture for its title

// Read in a document of its own, where nothing is loaded or run.
function plain(text) {
  const broken = String(text ?? "").replace(/<br\s*\/?>/g, " ")
  return new DOMParser().parseFromString(broken, "text/html").body.textContent
}

// As Plotly shows it letter by letter.
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")

// Those of the page that `node` stands on, or of a template for print.
function colours(node, template) {
  if (template) return { template, paper: "#ffffff" }
  return { paper: getComputedStyle(node).getPropertyValue("--st-background-color") }
}

// `title`, `about`: the figure's question, and its run and moment; `colours`: those of the
// page, or a template and paper for print.
function saveImage(plot, { format, name, title, about, template, paper }) {
  const { layout, data } = plot
  const height = Math.max(320, plot.clientHeight) + HEADROOM
  const heading = { text: `${escaped(title)}<br><span style="font-size:14px">${escaped(about)}</span>`, x: 0.01, xanchor: "left", y: 1 - 28 / height, yanchor: "top", yref: "container" }
  const margin = { ...layout.margin, t: (layout.margin?.t ?? 20) + HEADROOM }
  const more = { title: heading, margin, template: template ?? layout.template, paper_bgcolor: paper, plot_bgcolor: paper }
  return window.Plotly.downloadImage({ data, layout: { ...layout, ...more } }, {
    format, scale: format === "png" ? 2 : 1, filename: name,
    width: Math.max(640, plot.clientWidth), height,
  })
}

function saveText(name, content) {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv" }))
  element("a", { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 10000)
}

// A cell that a spreadsheet would take for a formula is made a text.
function cell(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return ""
  if (typeof value === "number") return String(value)
  const text = plain(value)
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

// Numbers of a trace along an axis: given one by one, or as a beginning and a step.
const along = (trace, axis, count) => trace[axis] ?? Array.from({ length: count }, (_, k) => (trace[`${axis}0`] ?? 0) + k * (trace[`d${axis}`] ?? 1))

// Plotly calls what has no name "trace" and its number from 0.
const given = (trace, number) => (/^trace \d+$/.test(trace.name) || !trace.name ? String(number + 1) : trace.name)

// How a value of an axis is given: by its word where each has one of its own, and in per
// cent where the axis shows shares so.
function reader({ tickvals, ticktext, tickformat = "" }, title, values) {
  const places = Array.isArray(tickvals) && Array.isArray(ticktext) ? tickvals : []
  const words = new Map(places.map((place, k) => [place, ticktext[k]]))
  const own = new Set(words.values()).size === words.size
  if (own && Array.from(values).every((value) => words.get(value))) return (value) => words.get(value)
  if (tickformat.endsWith("%") && title.includes("%")) return (value) => 100 * value
  return (value) => value
}

// One row for every point or cell of a figure.
// `axes`: the layout as it came, whose titles may stand elsewhere in the picture.
function tidy(plot, axes, series) {
  const axisOf = (name) => axes[name.replace(/^[xy]/, "$&axis")] ?? {}
  const its = (trace, axis) => axisOf(trace[`${axis}axis`] ?? axis)
  const titled = (trace, axis) => plain(its(trace, axis).title?.text || axisOf(its(trace, axis).matches ?? "").title?.text) || axis
  const columns = [series]
  const rows = []
  const place = (name) => {
    if (!columns.includes(name)) columns.push(name)
    return columns.indexOf(name)
  }
  const put = (entries) => {
    const row = []
    for (const [index, value] of entries) row[index] = value
    rows.push(row)
  }
  plot._fullData.forEach((trace, number) => {
    if (trace.visible !== true) return
    const name = given(trace, number)
    const [x, y] = [place(titled(trace, "x")), place(titled(trace, "y"))]
    const read = (axis, values) => reader(its(trace, axis), titled(trace, axis), values)
    if (trace.z) {
      const value = place(plain(trace.colorbar?.title?.text) || "z")
      const ys = along(trace, "y", trace.z.length)
      const xs = along(trace, "x", trace.z[0]?.length ?? 0)
      const [inX, inY] = [read("x", xs), read("y", ys)]
      trace.z.forEach((line, j) => line.forEach((each, k) => Number.isFinite(each) && put([[0, name], [x, inX(xs[k])], [y, inY(ys[j])], [value, each]])))
      return
    }
    const count = (trace.y ?? trace.x ?? []).length
    const [xs, ys] = [along(trace, "x", count), along(trace, "y", count)]
    const [inX, inY] = [read("x", xs), read("y", ys)]
    for (let k = 0; k < count; k += 1) put([[0, name], [x, inX(xs[k])], [y, inY(ys[k])]])
  })
  const lines = [columns, ...rows].map((row) => columns.map((_, k) => cell(row[k])).join(","))
  return `${lines.join("\n")}\n`
}
