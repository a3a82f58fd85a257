"""What a browser does with what changed, as `assets/live/changes.js` does it."""

from typing import Any


def merged(old: Any, told: Any) -> Any:
    """What `old` becomes."""
    if not isinstance(told, dict):
        return told
    if "=" in told:
        return told["="]
    if "kept" in told:
        text = old["bdata"][: told["kept"]] + told["bdata"]
        return {"dtype": told["dtype"], "bdata": text}
    if "bdata" in told:
        return told
    if isinstance(old, list):
        places = range(len(old))
        return [
            merged(old[k], told[str(k)]) if str(k) in told else old[k] for k in places
        ]
    next_ = dict(old) if isinstance(old, dict) else {}
    for name, each in told.items():
        if each is None:
            next_.pop(name, None)
        else:
            next_[name] = merged(next_.get(name), each)
    return next_


def without_nothing(tree: Any) -> Any:
    """The same with no entry of a mapping that is null: JavaScript reads both alike."""
    if isinstance(tree, dict):
        kept = {n: v for n, v in tree.items() if v is not None}
        return {name: without_nothing(value) for name, value in kept.items()}
    if isinstance(tree, list):
        return [without_nothing(each) for each in tree]
    return tree
