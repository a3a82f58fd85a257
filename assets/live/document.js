// The whole document is in the language that the reader chose: for its voice, its
// hyphens and the shapes of its signs, and in what Streamlit says by itself.

export default function ({ data }) {
  document.documentElement.lang = data.language
  speak(data.words)
}
