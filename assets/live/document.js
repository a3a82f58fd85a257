// The whole document is in the language that the reader chose: for its voice, its
// hyphens and the shapes of its signs.

export default function ({ data }) {
  document.documentElement.lang = data.language
}
