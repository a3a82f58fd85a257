// On a phone Streamlit puts the headings of the sections and their pages into one list.
// No list may hold headings, so that screen readers lose their way: it is none, then.

function tidyMenu() {
  for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
    for (const each of [list, ...list.querySelectorAll("li")]) each.setAttribute("role", "none")
  }
}
