"""The datasets that a person can choose: those of the house, and their own by name."""

from explorer.catalog import specs
from explorer.config.kinds import KINDS, OWN
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, choices_of
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.plots.words import entry
from explorer.tasks import TASKS
from explorer.ui.describe import told_apart
from explorer.ui.language import Translate
from explorer.ui.page import language

IMAGES = N_("Images")
"""What a GAN makes more of, where its windows are cut from no series."""


def key_of(config: RunConfig) -> str:
    """What names a config's dataset on the list: its name, and of own data which."""
    digest = config.data_settings.get("digest")
    return config.data if digest is None else f"{config.data}:{digest}"


def parted(key: str) -> tuple[str, dict[str, Scalar]]:
    """The dataset's name and the settings that its key fixes.

    >>> parted("own_text:abc")
    ('own_text', {'digest': 'abc'})
    """
    name, own, digest = key.partition(":")
    return name, {"digest": digest} if own else {}


def offered(
    me: Visitor, config: RunConfig, _: Translate, only: str = ""
) -> dict[str, str]:
    """Every dataset on the list by its key: what it is called, by kinds.

    Args:
        me: whose own data is on it.
        config: the present one, which is on it in any case.
        only: the one architecture of a page that has but one; what it cannot learn is
            left out.
    """
    titles = {d.name: _(d.title) for d in specs.datasets().values() if d.offered}
    for held in me.store.contents.of(me.owner):
        titles[f"{OWN[held.kind]}:{held.digest}"] = _("%(label)s (yours, %(kind)s)") % {
            "label": held.label,
            "kind": _(KINDS[held.kind]),
        }
    titles.setdefault(key_of(config), _(specs.data_spec(config.data).title))
    kinds = [*(spec.kind for spec in TASKS.values()), IMAGES]
    groups: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    for key, title in titles.items():
        name = parted(key)[0]
        if not only or _fits(name, only):
            kind = _kind(name, only)
            named = entry(_(kind), title, _)
            groups[kind][key] = named
    every = {key: title for group in groups.values() for key, title in group.items()}
    return told_apart(every, _)


def _kind(data: str, only: str) -> str:
    """The group of a dataset: by its own task, or by what a page's one architecture
    would learn of it."""
    spec = specs.data_spec(data)
    if only and specs.task_of(spec, specs.model_spec(only)) == "generate":
        return TASKS["generate"].kind if spec.task == "forecast" else IMAGES
    return TASKS[spec.task].kind


def spoken(data: str) -> dict[str, Scalar]:
    """The language that a dataset begins with: the reader's, where it has that one."""
    field = specs.data_spec(data).settings.model_fields.get("language")
    choosable = field is not None and language() in choices_of(field)
    return {"language": language()} if choosable else {}


def _fits(data: str, model: str) -> bool:
    return model in [m.name for m in specs.fitting(data)]
