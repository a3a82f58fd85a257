// What a frame becomes by its changes, as changes.py tells them.

function merged(old, told) {
  if (told === null || typeof told !== "object" || Array.isArray(told)) return told
  if ("=" in told) return told["="]
  if ("kept" in told) return { dtype: told.dtype, bdata: old.bdata.slice(0, told.kept) + told.bdata }
  if ("bdata" in told) return told
  const next = Array.isArray(old) ? [...old] : { ...old }
  for (const [name, each] of Object.entries(told)) {
    if (each === null && !Array.isArray(next)) delete next[name]
    else next[name] = merged(next[name], each)
  }
  return next
}

// A frame whose pictures are the old one's where they say the same: those stand already.
function anew(old, frame) {
  const panels = { ...frame.panels }
  for (const [name, panel] of Object.entries(panels)) {
    const before = old?.panels[name]
    if (before && before !== panel && JSON.stringify(before) === JSON.stringify(panel)) panels[name] = before
  }
  return { ...frame, panels }
}
