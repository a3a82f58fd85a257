"""How a run begins with what another has learned: the weights that fit are taken over.

What has the same name and shape is copied as it is. Of an embedding or a head over
tokens, the rows of the symbols that both vocabularies have are copied. All else, such
as a head with other outputs, begins at random.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.catalog import building, fitting
from explorer.config.run import RunConfig
from explorer.data.base import Data
from explorer.training.seeded import opened
from explorer.training.state import parted
from explorer.training.trainer import Trainer


def transferred(config: RunConfig, start: RunConfig, state: bytes) -> bytes:
    """The state of `config` before its first step, with the weights of `state`.

    Args:
        config: the run that begins.
        start: the run that was trained.
        state: where that one ended.

    Raises:
        ExplorerError: if the two are not built alike, or the state is not sound.
    """
    fitting.check_start(config, start)
    trainer = Trainer(config)
    learned, _memory = parted(opened(start, state)[0])
    own = dict(trainer.model.state_dict())
    rows = _shared_symbols(trainer.data, building.make_data(start))
    for name, fresh in own.items():
        if name in learned:
            own[name] = _taken(name, fresh, learned[name], rows)
    trainer.model.load_state_dict(own)
    return trainer.pack()


def _shared_symbols(data: Data, start: Data) -> Mapping[str, tuple[Tensor, Tensor]]:
    """By parameter: which rows of it are which rows of the one that was trained."""
    index_of = {symbol: index for index, symbol in enumerate(start.symbols)}
    both = [(k, index_of[s]) for k, s in enumerate(data.symbols) if s in index_of]
    pairs = torch.tensor(both, dtype=torch.long).reshape(-1, 2)
    places = pairs[:, 0], pairs[:, 1]
    if data.task == start.task == "next_token":
        return dict.fromkeys(("embedding.weight", "head.weight", "head.bias"), places)
    return {"embedding.weight": places} if both else {}


def _taken(
    name: str,
    fresh: Tensor,
    learned: Tensor,
    rows: Mapping[str, tuple[Tensor, Tensor]],
) -> Tensor:
    if name in rows and fresh.shape[1:] == learned.shape[1:]:
        taken = fresh.clone()
        mine, theirs = rows[name]
        taken[mine] = learned[theirs]
        return taken
    return learned if fresh.shape == learned.shape else fresh
