// Why the server lets no socket of this page in, as a sentence; none where it does not
// answer at all, which Streamlit says itself.

async function refusal(language) {
  const url = new URL("explorer/reason", document.baseURI)
  url.search = new URLSearchParams({ origin: location.origin, lang: language })
  const answer = await fetch(url).catch(() => null)
  return answer?.ok ? answer.text() : ""
}
