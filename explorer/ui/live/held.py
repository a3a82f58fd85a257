"""The change that a tab has chosen, for its run to learn under."""

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar
from explorer.training.changes import Change, completed
from explorer.ui.live.wishes import Wish


def chosen_change(config: RunConfig, wish: Wish) -> dict[str, Scalar]:
    """What the panel "change" shows, as a run is told of it.

    Raises:
        ExplorerError: if it is not sound.
    """
    chosen = wish.options_of("change")
    change = Change.read({n: v for n, v in chosen.items() if n in Change.model_fields})
    return completed(change, specs.resolve(config)).values()
