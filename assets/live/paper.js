// Tables on paper wait as text, and are laid out only where something is printed: the
// cells of a long one would hold up every page that shows it.
const printed = matchMedia("print")

function layOut(table) {
  const [head, ...rows] = JSON.parse(table.dataset.rows)
  const cells = (row, tag, attributes) => row.map((text) => element(tag, attributes, element("bdi", { textContent: text })))
  table.replaceChildren(
    element("thead", {}, element("tr", {}, ...cells(head, "th", { scope: "col" }))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row, "td")))))
}

function eachTable(act) {
  for (const table of document.querySelectorAll(".sx-paper")) act(table)
}

addEventListener("beforeprint", () => eachTable(layOut))
addEventListener("afterprint", () => eachTable((table) => table.replaceChildren()))
printed.addEventListener("change", () => eachTable(printed.matches ? layOut : (table) => table.replaceChildren()))
