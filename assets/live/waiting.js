// Where a page's sockets do not open, Streamlit waits without a word: ask the server why,
// and say it.

const PATIENCE = 4000 // milliseconds

const connected = () =>
  document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState === "CONNECTED"

const opens = () => new Promise((resolve) => {
  const url = new URL("explorer/live", document.baseURI)
  url.protocol = url.protocol.replace("http", "ws")
  const socket = new WebSocket(url)
  socket.onopen = () => { socket.close(); resolve(true) }
  socket.onerror = () => resolve(false)
})

const line = element("p", { role: "alert" })
line.style.cssText = "position: fixed; inset: 0 0 auto 0; z-index: 1000000; margin: 0;"
  + "padding: 1rem 1.5rem; background: #7d1a1a; color: #ffffff; font: 1.1rem/1.5 sans-serif"

async function look() {
  const reason = connected() || await opens() ? "" : await refusal(document.documentElement.lang)
  if (connected()) { line.remove(); return }
  line.textContent = reason
  if (reason) document.body.append(line)
  setTimeout(look, PATIENCE)
}

setTimeout(look, PATIENCE)
