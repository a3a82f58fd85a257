// A figure as a file: as an image with its title, its run and its moment, and as a table
// of what is drawn, with the axes' words and units as the columns' names.

const HEADROOM = 70 // pixels above the picture for its title

function plain(text) {
  const holder = document.createElement("span")
  holder.innerHTML = String(text ?? "").replace(/<br\s*\/?>/g, " ")
  return holder.textContent
}

// `title`, `about`: the figure's question, and its run and moment; `colours`: those of the
// page, or a template and paper for print.
function saveImage(plot, { format, name, title, about, template, paper }) {
  const { layout, data } = plot
  const height = Math.max(320, plot.clientHeight) + HEADROOM
  const heading = { text: `${title}<br><sub>${about}</sub>`, x: 0.01, xanchor: "left", y: 1 - 28 / height, yanchor: "top", yref: "container" }
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

// One row for every point or cell of a figure.
// `axes`: the layout as it came, whose titles may stand elsewhere in the picture.
function tidy(plot, axes, series) {
  const titled = (trace, axis) => plain(axes[(trace[`${axis}axis`] ?? axis).replace(axis, `${axis}axis`)]?.title?.text) || axis
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
    const name = trace.name || String(number + 1)
    const [x, y] = [place(titled(trace, "x")), place(titled(trace, "y"))]
    if (trace.z) {
      const value = place(plain(trace.colorbar?.title?.text) || "z")
      const ys = along(trace, "y", trace.z.length)
      const xs = along(trace, "x", trace.z[0]?.length ?? 0)
      trace.z.forEach((line, j) => line.forEach((each, k) => put([[0, name], [x, xs[k]], [y, ys[j]], [value, each]])))
      return
    }
    const count = (trace.y ?? trace.x ?? []).length
    const [xs, ys] = [along(trace, "x", count), along(trace, "y", count)]
    for (let k = 0; k < count; k += 1) put([[0, name], [x, xs[k]], [y, ys[k]]])
  })
  const lines = [columns, ...rows].map((row) => columns.map((_, k) => cell(row[k])).join(","))
  return `${lines.join("\n")}\n`
}
