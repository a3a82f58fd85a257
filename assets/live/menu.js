// On a phone Streamlit puts the headings of the sections and their pages into one list.
// No list may hold headings, so that screen readers lose their way: it is none, then.

function tidyMenu() {
  for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
    for (const each of [list, ...list.querySelectorAll("li")]) each.setAttribute("role", "none")
  }
}

// Which section the page is in, for who does not see its shade.
function tellSection(number) {
  const items = document.querySelectorAll('[data-testid="stHeader"] .rc-overflow-item button')
  items.forEach((button, at) => {
    if (at === number) button.setAttribute("aria-current", "true")
    else button.removeAttribute("aria-current")
  })
}
