"""What happened to a run where its status alone does not say, in any language."""

import json
import re
from dataclasses import asdict

from explorer.errors import N_, Words

WORKER_DIED = Words(N_("Its worker died again and again. Restart the run."))
INTERRUPTED = Words(N_("Stopped by Ctrl-C."))

_DIVERGED = N_(
    "The loss at step %(step)s was %(loss)s, more than %(times)s times the first loss "
    "of %(first)s: the steps were too long and overshot. The weights of step %(kept)s "
    "are kept. Try a learning rate of %(less)s instead of %(rate)s, or gradient "
    "clipping."
)


def diverged(
    step: int, loss: float, times: float, first: float, kept: int, rate: float
) -> Words:
    """Why a run diverged: a loss so many times the first, at this learning rate."""
    values = {
        "step": f"{step}",
        "loss": f"{loss:.3g}",
        "times": f"{times:g}",
        "first": f"{first:.3g}",
        "kept": f"{kept}",
        "less": f"{rate / 10:.1g}",
        "rate": f"{rate:.2g}",
    }
    return Words(_DIVERGED, values)


def written(message: Words | None) -> str:
    """A message as the store keeps it; empty for none."""
    return "" if message is None else json.dumps(asdict(message), default=str)


def read_message(text: str) -> Words | None:
    """What `written` wrote; also a sentence in English, as older programs kept it."""
    if not text.startswith('{"template"'):
        return read_sentence(text)
    return Words.read(json.loads(text))


def read_sentence(text: str) -> Words | None:
    """A message from its sentence in English, with its numbers where they are known."""
    pattern = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>\\S+?)", re.escape(_DIVERGED))
    if found := re.fullmatch(pattern, text):
        return Words(_DIVERGED, found.groupdict())
    return Words(text) if text else None
