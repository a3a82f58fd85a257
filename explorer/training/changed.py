"""A model in which something is changed, on the very line that computes it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.models.base import SequenceModel
from explorer.models.captures import Probe, ignore, reads_back
from explorer.training.changes import MOST_PLACES, OF_HEADS, Change, units_of


class Changed(SequenceModel):
    """A model with changes made to it; its parameters are the model's own."""

    def __init__(self, model: SequenceModel, changes: Sequence[Change]) -> None:
        super().__init__()
        self.model, self.changes = model, tuple(changes)
        self.tells = model.tells

    def loss(self, x: Tensor, y: Tensor) -> Tensor | None:
        with self._zeroed(x) as given:
            return self.model.loss(given, y)

    def forward(self, x: Tensor, probe: Probe = ignore) -> Tensor:
        others = [c for c in self.changes if c.what != "zero"]
        changing = _ChangingProbe(others, x.shape[1], probe) if others else probe
        with self._zeroed(x) as given:
            return self.model(given, changing)  # type: ignore[no-any-return]

    @contextmanager
    def _zeroed(self, x: Tensor) -> Iterator[Tensor]:
        """x with the chosen steps at zero; of tokens, what they are embedded as."""
        zeroed = [c for c in self.changes if c.what == "zero"]
        if not zeroed:
            yield x
        elif x.dim() == 3:
            x = x.clone()
            for change in zeroed:
                x[:, change.steps(x.shape[1])] = 0.0
            yield x
        else:
            hook = self.model.embedding.register_forward_hook(
                lambda _module, _given, entered: _silenced(entered, zeroed)
            )
            try:
                yield x
            finally:
                hook.remove()


class _ChangingProbe:
    """The probe that changes values as they are computed, in one pass."""

    def __init__(self, changes: Sequence[Change], steps: int, inner: Probe) -> None:
        self.steps, self.inner = steps, inner
        self.acting: dict[str, list[_Acting]] = {}
        for change in changes:
            found = self.acting.setdefault(change.capture, [])
            found.append(_Acting(change, steps))
        self.seen = dict.fromkeys(self.acting, 0)

    def __call__(self, name: str, value: Tensor, /) -> Tensor:
        if name in self.acting:
            step = self.seen[name]
            self.seen[name] = step + 1
            if reads_back(name):
                step = self.steps - 1 - step
            for each in self.acting[name]:
                value = each.changed(value, step)
        return self.inner(name, value)


class _Acting:
    """One change, in one pass over so many steps."""

    def __init__(self, change: Change, steps: int) -> None:
        self.change, self.when = change, change.steps(steps)
        self.units: Tensor | None = None
        """Which of the units (H,); all values of a name have the same."""
        self.first: Tensor | None = None

    def changed(self, value: Tensor, step: int) -> Tensor:
        """What the change makes of the value that is given as that step's."""
        if self.change.what in OF_HEADS:
            return self._of_head(value, step)
        if self.units is None:
            self.units = torch.zeros(value.shape[-1], dtype=torch.bool)
            self.units[units_of(self.change.units, value.shape[-1])] = True
        if value.dim() == 2:
            return self._of_step(value, step, self.units)
        return self._of_window(value, self.units)

    def _of_head(self, value: Tensor, step: int) -> Tensor:
        """Of an attention (B, N, T, S), or of a row of it (B, N, 1, S)."""
        rows = step * value.shape[2] + torch.arange(value.shape[2])  # (T,)
        mask = torch.zeros((*value.shape[1:3], 1), dtype=torch.bool)
        here = (rows >= self.when.start) & (rows < self.when.stop)
        mask[self.change.head - 1, here] = True
        return torch.where(mask, _aimed(self.change, value), value)

    def _of_step(self, value: Tensor, step: int, units: Tensor) -> Tensor:
        """Of one step (B, H)."""
        if not self.when.start <= step < self.when.stop:
            return value
        if self.change.what == "clamp":
            return value.masked_fill(units, self.change.value)
        if self.first is None:
            self.first = value
        return torch.where(units, self.first, value)

    def _of_window(self, value: Tensor, units: Tensor) -> Tensor:
        """Of all steps (B, T, H)."""
        start = self.when.start
        if start >= value.shape[1]:  # a part of the window that ends before
            return value
        mask = torch.zeros(value.shape[1], 1, dtype=torch.bool)  # (T, 1)
        mask[self.when] = True
        if self.change.what == "clamp":
            return value.masked_fill(mask & units, self.change.value)
        return torch.where(mask & units, value[:, start : start + 1], value)


def _aimed(change: Change, value: Tensor) -> Tensor:
    """Rows (S,) of a head that looks nowhere, or evenly at the chosen places.

    Places that a window does not have do not count; where it has none of them, the
    head looks as it did.
    """
    if change.what == "mute":
        return value.new_zeros(())
    count = value.shape[-1]
    places = [k for k in units_of(change.units, MOST_PLACES) if k < count]
    if not places:
        return value
    row = value.new_zeros(count)
    row[places] = 1 / len(places)
    return row


def _silenced(entered: Tensor, changes: Sequence[Change]) -> Tensor:
    """Embedded tokens (B, T, H) with the chosen steps at zero."""
    mask = torch.zeros(entered.shape[1], 1, dtype=torch.bool)
    for change in changes:
        mask[change.steps(entered.shape[1])] = True
    return entered.masked_fill(mask, 0.0)


def applied(model: nn.Module, changes: Sequence[Change]) -> SequenceModel:
    """The model itself where nothing is changed, so that it keeps its fast path."""
    assert isinstance(model, SequenceModel)
    return Changed(model, changes) if changes else model
