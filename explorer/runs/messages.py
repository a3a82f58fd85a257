"""What happened to a run where its status alone does not say, in any language."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import NamedTuple

from explorer.config.settings import bounds_of
from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError, Words

WORKER_DIED = Words(N_("Its worker died again and again. Restart the run."))
INTERRUPTED = Words(N_("Stopped by Ctrl-C."))

NUMBER = r"\S+?"
MOST_QUOTED = 300
"""Characters of another program's sentence that are quoted."""

_UNEXPECTED = N_("The program met an error of its own, which says: %(error)s")
_ABOVE_FIRST = N_(
    "The loss at step %(step)s was %(loss)s, more than %(times)s times the first loss "
    "of %(first)s: the steps were too long and overshot. The weights of step %(kept)s "
    "are kept.%(advice)s"
)
_ABOVE_GUESS = N_(
    "The loss at step %(step)s was %(loss)s, more than %(times)s times the %(guess)s "
    "of a simple guess: the steps were too long and overshot. The weights of step "
    "%(kept)s are kept.%(advice)s"
)
_NO_NUMBER = N_(
    "The loss at step %(step)s was no finite number: the steps were too long and "
    "overshot. The weights of step %(kept)s are kept.%(advice)s"
)
_COUNTED = N_(
    "The loss at step %(step)s was %(loss)s: this model has no learning rate, it "
    "counts anew at each step, and its counts ran out of range. The weights of step "
    "%(kept)s are kept. Look for values in the data that lie far from all others, or "
    "try fewer states or another seed."
)
_NEVER_SOUND = N_(
    "The loss was no finite number before the first step: the data, or the weights "
    "that the run begins with, hold values that are too large. Change one of them."
)
_STOPPED_EARLY = N_(
    "Stopped early at step %(step)s: the held-out loss was not beaten in %(count)s "
    "measurements. It was lowest at step %(best)s, whose weights are kept beside the "
    "last."
)
OLDER = N_(
    "The loss at step %(step)s was %(loss)s, more than %(times)s times the first loss "
    "of %(first)s: the steps were too long and overshot. The weights of step %(kept)s "
    "are kept. Try a learning rate of %(less)s instead of %(rate)s, or gradient "
    "clipping."
)
"""What older programs kept, whatever was set; it is still translated."""

_RATE = N_("a learning rate of %(less)s instead of %(rate)s")
_CLIP = N_("gradient clipping")
_WARM_UP = N_("a learning rate that warms up")
_TRY = (
    "",
    N_(" Try %(one)s."),
    N_(" Try %(one)s, or %(two)s."),
    N_(" Try %(one)s, %(two)s, or %(three)s."),
)

_SENTENCES = (
    _STOPPED_EARLY,
    _ABOVE_FIRST,
    _ABOVE_GUESS,
    _NO_NUMBER,
    _COUNTED,
    _UNEXPECTED,
)
_TRIES = (_RATE, _CLIP, _WARM_UP)
_PARTS = {"advice": _TRY, "one": _TRIES, "two": _TRIES, "three": _TRIES}
"""What may stand in a sentence, by the name of its place."""


class Reference(NamedTuple):
    """What a loss is held against to see whether a run has diverged."""

    first: float
    """The loss that the run began with."""
    guess: float
    """That of a simple guess; 0 where there is none."""
    times: float
    """A loss so many times the larger of the two has diverged."""

    def passed(self, loss: float) -> bool:
        """Whether a loss is beyond it."""
        limit = self.times * max(self.first, self.guess)
        return not math.isfinite(loss) or loss > limit


def diverged(
    step: int, loss: float, held: Reference, kept: int, advice: Words
) -> Words:
    """Why a run diverged at a step, and what to try."""
    values = {"step": f"{step:,}", "kept": f"{kept:,}", "advice": advice}
    if not math.isfinite(loss):
        return Words(_NO_NUMBER, values) if step else Words(_NEVER_SOUND)
    values |= {"loss": f"{loss:.3g}", "times": f"{held.times:g}"}
    if held.first >= held.guess:
        return Words(_ABOVE_FIRST, values | {"first": f"{held.first:.3g}"})
    return Words(_ABOVE_GUESS, values | {"guess": f"{held.guess:.3g}"})


def out_of_range(step: int, loss: float, kept: int) -> Words:
    """Why a run without a learning rate diverged at a step, and what to try."""
    if step == 0 and not math.isfinite(loss):
        return Words(_NEVER_SOUND)
    values = {"step": f"{step:,}", "loss": f"{loss:.3g}", "kept": f"{kept:,}"}
    return Words(_COUNTED, values)


def advice(rate: float, settings: TrainingSettings) -> Words:
    """What shortens steps at this learning rate, of all that is not set already."""
    least = bounds_of(TrainingSettings.model_fields["learning_rate"])[0] or 0.0
    less = {"less": f"{max(least, rate / 10):.1g}", "rate": f"{rate:.2g}"}
    tries = [Words(_RATE, less)] if rate > least else []
    tries += [Words(_CLIP)] if settings.clip == 0 else []
    tries += [Words(_WARM_UP)] if settings.schedule != "warmup" else []
    places = dict(zip(("one", "two", "three"), tries, strict=False))
    return Words(_TRY[len(tries)], places)


def stopped_early(step: int, best: int, count: int) -> Words:
    """Why a run ended before its last step, with so many measurements in vain."""
    values = {"step": f"{step:,}", "best": f"{best:,}", "count": f"{count}"}
    return Words(_STOPPED_EARLY, values)


def unexpected(error: Exception) -> Words:
    """What an exception says: our own sentence, or another program's as plain text."""
    if isinstance(error, ExplorerError):
        return error.words
    text = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    return Words(_UNEXPECTED, {"error": text[:MOST_QUOTED]})


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
    if not text:
        return None
    return _parsed(_SENTENCES, text) or Words(text)


def _parsed(templates: Iterable[str], text: str) -> Words | None:
    """The template that says just this, with what stands in its places."""
    for template in templates:
        found = re.fullmatch(_pattern(template), text)
        if found is None:
            continue
        values: Mapping[str, str | Words | None] = {
            name: _parsed(_PARTS[name], words) if name in _PARTS else words
            for name, words in found.groupdict().items()
        }
        if None not in values.values():
            return Words(template, values)
    return None


def _pattern(template: str) -> str:
    """A regular expression with a group for every place: of words, or of one number."""

    def place(found: re.Match[str]) -> str:
        words = found[1] in _PARTS or found[1] == "error"
        return rf"(?P<{found[1]}>{'.*' if words else NUMBER})"

    return re.sub(r"%\\\((\w+)\\\)s", place, re.escape(template))
