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
        self.changes, self.steps, self.inner = changes, steps, inner
        self.seen: dict[str, int] = {}
        self.kept: dict[int, Tensor] = {}

    def __call__(self, name: str, value: Tensor, /) -> Tensor:
        step = self.seen.get(name, 0)
        self.seen[name] = step + 1
        if reads_back(name):
            step = self.steps - 1 - step
        for k, change in enumerate(self.changes):
            if change.capture == name:
                value = self._changed(k, change, value, step)
        return self.inner(name, value)

    def _changed(self, k: int, change: Change, value: Tensor, step: int) -> Tensor:
        if change.what in OF_HEADS:  # (B, N, T, S), or a row of it (B, N, 1, S)
            rows = step * value.shape[2] + torch.arange(value.shape[2])  # (T,)
            when = change.steps(self.steps)
            mask = torch.zeros((*value.shape[1:3], 1), dtype=torch.bool)
            mask[change.head - 1, (rows >= when.start) & (rows < when.stop)] = True
            return torch.where(mask, _aimed(change, value), value)
        units = torch.zeros(value.shape[-1], dtype=torch.bool)
        units[units_of(change.units, value.shape[-1])] = True
        when = change.steps(self.steps)
        if value.dim() == 2:  # one step: (B, H)
            if not when.start <= step < when.stop:
                return value
            if change.what == "clamp":
                return value.masked_fill(units, change.value)
            first = self.kept.setdefault(k, value)
            return torch.where(units, first, value)
        if when.start >= value.shape[1]:  # a part of the window that ends before
            return value
        mask = torch.zeros(value.shape[1], 1, dtype=torch.bool)  # (T, 1)
        mask[when] = True
        if change.what == "clamp":
            return value.masked_fill(mask & units, change.value)
        return torch.where(mask & units, value[:, when.start : when.start + 1], value)


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
