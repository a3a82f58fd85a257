"""A run in words: one line that says what it is, and how to run it elsewhere."""

import shlex
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from pydantic.fields import FieldInfo

from explorer.catalog import building, choosing, specs
from explorer.config.run import DIGEST, GROUPS, RunConfig, difference, settings_groups
from explorer.config.settings import Scalar, Settings, extra_of
from explorer.data.content import there
from explorer.errors import N_
from explorer.plots.words import listed
from explorer.ui.language import Translate

ID_SHOWN = 6
"""Characters of an id that tell what is alike apart."""

OF_THE_RUN = {
    "data": N_("Data"),
    "model": N_("Model"),
    "seed": N_("Seed"),
    "start": N_("Start"),
    "fold": N_("Fold in time"),
}


def run_line(config: RunConfig, _: Translate) -> str:
    """As in "LSTM, 1 layer x 32 units, 4,513 parameters, on Sine wave".

    Raises:
        ExplorerError: if the config cannot be built.
    """
    model, data = specs.model_spec(config.model), specs.data_spec(config.data)
    if is_gone(config):
        message = _("%(model)s, on %(data)s that was deleted")
        return message % {"model": _(model.title), "data": _(data.title)}
    values = {
        "model": _(model.title),
        "layers": config.model_settings.get("layers"),
        "units": config.model_settings.get("hidden_size"),
        "parameters": f"{building.parameter_count(config):,}",
        "data": _(data.title),
    }
    if values["layers"] is None or values["units"] is None:
        return _("%(model)s, %(parameters)s parameters, on %(data)s") % values
    return (
        _(
            "%(model)s, layers: %(layers)s × %(units)s units, "
            "%(parameters)s parameters, on %(data)s"
        )
        % values
    )


def is_gone(config: RunConfig) -> bool:
    """Whether the run was on own data that is not here any more."""
    digest = config.data_settings.get("digest")
    return digest is not None and not there(str(digest))


def changes_line(before: RunConfig, after: RunConfig, _: Translate) -> str:
    """What differs, as in "Hidden size 32 → 64, Layers 1 → 2"."""
    parts = []
    for name, old, new in difference(before, after):
        was, now = (in_words(after, name, value, _) for value in (old, new))
        parts.append(f"{_(title_of(after, name))} {was} → {now}")
    return listed(parts, _)


def title_of(config: RunConfig, name: str) -> str:
    """The English title of a dotted setting name."""
    group, dot, key = name.partition(".")
    if not dot:
        return OF_THE_RUN[name]
    return str(_field(config, group, key).title)


def _field(config: RunConfig, group: str, key: str) -> FieldInfo:
    resolved = specs.resolve(config)
    cls: type[Settings] = {
        "data": resolved.data.settings,
        "model": resolved.model.settings,
        "training": type(config.training),
    }[group]
    return cls.model_fields[key]


def in_words(config: RunConfig, name: str, value: Scalar, _: Translate) -> str:
    """The value of a dotted setting, as its widget shows it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    group, dot, key = name.partition(".")
    choices = extra_of(_field(config, group, key)).get("choices", {}) if dot else {}
    return _(choices[value]) if value in choices else _shown(value)


def setting_line(config: RunConfig, name: str, value: Scalar, _: Translate) -> str:
    """A dotted setting with its value, as in "Hidden size 32"."""
    return f"{_(title_of(config, name))} {in_words(config, name, value, _)}"


def settings_line(config: RunConfig, _: Translate) -> str:
    """Every setting with its value, for paper."""
    names = [
        (f"{group}.{key}", value)
        for group in GROUPS
        for key, value in settings_groups(config)[group].items()
        if key != DIGEST
    ]
    parts = [setting_line(config, name, value, _) for name, value in names]
    model = _(specs.model_spec(config.model).title)
    data = _(specs.data_spec(config.data).title)
    return listed([model, data, *parts, f"{_('Seed')} {config.seed}"], _)


def data_line(config: RunConfig, _: Translate) -> str:
    """The dataset with every setting of its own, as a picture of it is captioned."""
    settings = config.data_settings
    parts = [
        setting_line(config, f"data.{key}", settings[key], _)
        for key in settings
        if key != DIGEST
    ]
    title = _(specs.data_spec(config.data).title)
    return listed([title, *parts, f"{_('Seed')} {config.seed}"], _)


def command_line(config: RunConfig) -> str:
    """The same run without a browser."""
    usual = settings_groups(choosing.defaults_for(config))
    words = ["python", "-m", "explorer", "train"]
    words += ["--model", config.model, "--data", config.data]
    for group in GROUPS:
        for key, value in settings_groups(config)[group].items():
            if usual[group][key] != value or key == DIGEST:
                words += ["--set", f"{group}.{key}={_shown(value)}"]
    words += ["--seed", str(config.seed)]
    if config.start:
        words += ["--start", config.start]
    if config.fold:
        words += ["--fold", config.fold]
    return shlex.join(words)


def model_source(name: str) -> str:
    """The file in which an architecture is written out."""
    module = sys.modules[specs.model_spec(name).settings.__module__]
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def _shown(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def told_apart(lines: Mapping[str, str], _: Translate) -> dict[str, str]:
    """By id: the words for something to choose, with the beginning of the id where two
    are alike. Streamlit finds what was chosen by its words, and readers do so, too.

    >>> told_apart({"kX7aQ2_w": "a sweep", "bR4": "a sweep", "c": "another"}, str)
    {'kX7aQ2_w': 'a sweep (kX7aQ2)', 'bR4': 'a sweep (bR4)', 'c': 'another'}
    """
    often = Counter(lines.values())
    named = _("%(name)s (%(more)s)")
    return {
        each: line
        if often[line] == 1
        else named % {"name": line, "more": each.rpartition(":")[2][:ID_SHOWN]}
        for each, line in lines.items()
    }
