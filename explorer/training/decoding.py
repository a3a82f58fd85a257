"""How a translation is written: token after token, each given what stands before it."""

from typing import NamedTuple

import torch
from torch import Tensor

from explorer.models.base import SequenceModel
from explorer.tasks import BEGIN, END, FILLED


class Node(NamedTuple):
    """A token that a beam search looked at, after those of its parents."""

    id: int
    parent: int  # the id of the one before; -1 at the beginning
    token: int
    log_chance: float  # of the token, in nats
    total: float  # of all tokens up to here
    score: float  # what it is ranked by: the total, or its mean per token
    kept: bool  # whether it was among the best of its step
    finished: bool  # whether it ends a translation


class Beam(NamedTuple):
    """All that a beam search looked at, and what it found."""

    nodes: tuple[Node, ...]
    best: tuple[int, ...]
    """The ids of the best translation's tokens, in their order."""

    @property
    def tokens(self) -> list[int]:
        """The best translation."""
        return [self.nodes[k].token for k in self.best]


@torch.no_grad()
def greedy(model: SequenceModel, source: Tensor, length: int) -> Tensor:
    """Always the likeliest token: source (B, S) -> tokens (B, length).

    A translation ends with `END`; what stands after it is `FILLED`.
    """
    was_training = model.training
    model.eval()
    given = source.new_full((len(source), 1), BEGIN)  # (B, 1)
    done = torch.zeros(len(source), dtype=torch.bool)
    for step in range(length):
        if done.all():
            rest = source.new_full((len(source), length - step), FILLED)
            given = torch.cat([given, rest], 1)
            break
        logits = model(torch.cat([source, given], 1))[:, -1]  # (B, V)
        token = logits.argmax(-1).masked_fill(done, FILLED)
        done |= token == END
        given = torch.cat([given, token[:, None]], 1)
    model.train(was_training)
    return given[:, 1:]


@torch.no_grad()
def beam(
    model: SequenceModel,
    source: Tensor,
    length: int,
    width: int,
    normalised: bool = False,
) -> Beam:
    """Beam search (Sutskever, Vinyals and Le, 2014): each step goes on from the `width`
    best beginnings alone.

    Beginnings are ranked by sum log p, or, normalised, by its mean per token: a sum
    falls with every token, so it prefers short translations. What ends with `END` is
    finished and makes room. The best is the best of what is finished; where the first
    `length` tokens did not suffice, the unfinished count too.

    Args:
        model: answers (B, S + t) with logits (B, t, V).
        source: tokens (1, S).
        length: the most tokens that are written.
        width: how many beginnings live on; 1 is greedy.
        normalised: whether to rank by the mean.
    """
    was_training = model.training
    model.eval()
    nodes: list[Node] = []
    live, done = [-1], list[int]()
    for step in range(length):
        begun = [[BEGIN, *_tokens(nodes, k)] for k in live]
        given = torch.tensor(begun, dtype=source.dtype)  # (K, 1 + step)
        logits = model(torch.cat([source.expand(len(live), -1), given], 1))[:, -1]
        first = len(nodes)
        nodes += _grown(nodes, live, logits, width, step + 1 if normalised else 1)
        kept = _best(nodes, range(first, len(nodes)))[:width]
        for k in kept:
            nodes[k] = nodes[k]._replace(kept=True)
        done += [k for k in kept if nodes[k].finished]
        live = [k for k in kept if not nodes[k].finished]
        if not live or (not normalised and _decided(nodes, live, done)):
            break
    model.train(was_training)
    # the unfinished are left at the full length, or cannot win any more
    best = _best(nodes, done + live)[0]
    return Beam(tuple(nodes), tuple(_path(nodes, best)))


def _grown(
    nodes: list[Node], live: list[int], logits: Tensor, width: int, divisor: int
) -> list[Node]:
    """The `width` likeliest tokens after every live beginning; logits (K, V)."""
    chances = logits.double().log_softmax(-1)
    likeliest = chances.topk(min(width, chances.shape[-1]))
    grown: list[Node] = []
    for parent, values, tokens in zip(
        live, *map(Tensor.tolist, likeliest), strict=True
    ):
        before = nodes[parent].total if parent >= 0 else 0.0
        for value, token in zip(values, tokens, strict=True):
            total, place = before + value, len(nodes) + len(grown)
            score, ends = total / divisor, token == END
            grown.append(Node(place, parent, token, value, total, score, False, ends))
    return grown


def _best(nodes: list[Node], ids: "range | list[int]") -> list[int]:
    """The ids from the highest score on."""
    return sorted(ids, key=lambda k: -nodes[k].score)


def _decided(nodes: list[Node], live: list[int], done: list[int]) -> bool:
    """Whether none that goes on can win any more: a sum only falls."""
    most = max((nodes[k].total for k in done), default=-torch.inf)
    return most >= max(nodes[k].total for k in live)


def _path(nodes: list[Node], last: int) -> list[int]:
    """The ids from the first token to this one."""
    path: list[int] = []
    while last >= 0:
        path.append(last)
        last = nodes[last].parent
    return path[::-1]


def _tokens(nodes: list[Node], last: int) -> list[int]:
    return [nodes[k].token for k in _path(nodes, last)]
