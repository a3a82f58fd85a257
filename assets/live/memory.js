// What is remembered for a page: by a tab (sessionStorage) or a browser (localStorage). A
// frame on another site may be refused either: then nothing is.

function recall(kind, name) {
  try { return JSON.parse(window[kind].getItem(`sx.${name}`)) } catch { return null }
}

function remember(kind, name, value) {
  try { window[kind].setItem(`sx.${name}`, JSON.stringify(value)) } catch (error) { console.warn(error) }
}
