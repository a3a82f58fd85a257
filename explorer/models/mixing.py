r"""What a layer's output is a sum of: the effective attention of a recurrence.

Attention says y_t = sum_s A_ts v_s. A recurrence whose state is carried linearly, as in

    h_t = k_t * h_{t-1} + w_t * v_t

says the same with A_ts = w_s * product of k_r over r = s+1, ..., t. So every unit has
an attention matrix of its own, with nothing above the diagonal.

Katharopoulos et al. (2020), Transformers are RNNs. https://arxiv.org/abs/2006.16236
Ali, Zimerman and Wolf (2024), The hidden attention of Mamba models.
https://arxiv.org/abs/2403.01590
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from explorer.models.captures import Recorder


class Mixed(NamedTuple):
    """weights @ values is the result, for each of N parts: heads, units or channels."""

    weights: Tensor  # (N, T, T), 0 above the diagonal; complex for waves
    values: Tensor  # (N, T, D)
    result: Tensor  # (N, T, D), as the model itself computed it
    of: str  # what the result is: "Hidden state"
    seen: bool = False  # whether gates or values have seen the past already

    def residual(self) -> float:
        """How far weights @ values is from the result at most; by the size of the
        largest result, where that is above 1."""
        apart = (self.weights @ self.values - self.result).abs().max()
        return float(apart / self.result.abs().max().clamp(min=1.0))


Mixing = Callable[[Any, int, Tensor], Mixed]
"""(model, layer, x (1, T[, I])) -> what that layer mixes of one window."""


def carried(keep: Tensor, write: Tensor) -> Tensor:
    """A_ts = write_s * product of keep_r over s < r <= t: both (T, N) -> (N, T, T).

    >>> carried(Tensor([[0.5]] * 3), Tensor([[1.0]] * 3))[0].tolist()
    [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.25, 0.5, 1.0]]
    """
    A = write.new_zeros(write.shape[1], len(write), len(write))
    for t in range(len(write)):
        if t:
            A[:, t] = A[:, t - 1] * keep[t, :, None]
        A[:, t, t] = write[t]
    return A


def values_of(model: Any, layer: int, x: Tensor) -> dict[str, Tensor]:
    """One layer's values (T, H) of one window by their names, in float64."""
    recorder, place = Recorder(), f"layer_{layer}."
    model(x, recorder)
    return {
        name.removeprefix(place): value[0].detach().double()
        for name, value in recorder.values().items()
        if name.startswith(place)
    }


def gated(
    keep: str, write: str, result: str, title: str, *, seen: bool = False
) -> Mixing:
    """The mixing of a cell that carries each unit by itself, behind gates.

    Args:
        keep, write: the captures of what a step lets stand and lets in; where one is
            empty, it is what the other leaves of 1.
        result: the capture that candidates are mixed into.
        title: what a reader calls that.
        seen: whether gates or candidates are made of the state before.
    """

    def mixed(model: Any, layer: int, x: Tensor) -> Mixed:
        values = values_of(model, layer, x)
        k = values[keep] if keep else 1 - values[write]
        w = values[write] if write else 1 - values[keep]
        v, made = values["candidate"].T[..., None], values[result].T[..., None]
        return Mixed(carried(k, w), v, made, title, seen or layer > 0)

    return mixed
