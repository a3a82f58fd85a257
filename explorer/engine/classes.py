"""What a teacher fixes for a class, what its members may change, and their goal.

A class is a group of the store: it names a config, the settings of it that are open, a
goal and a text. The rules hold where runs are started, not only in the widgets.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig, difference, settings_groups
from explorer.config.settings import Scalar
from explorer.config.training import TrainingSettings
from explorer.engine.classroom import read_classroom
from explorer.engine.nicknames import doubtful
from explorer.errors import N_, ExplorerError
from explorer.runs.records import Group, GroupKind, Member
from explorer.runs.store import Store

KIND: GroupKind = "class"
MOST_TITLE = 80
MOST_TEXT = 4000
MOST_MEMBERS = 200


@dataclass(frozen=True)
class Task:
    """What everybody in a class is asked to do."""

    title: str
    base: RunConfig
    """What everybody trains, but for what is open."""
    open: tuple[str, ...] = ()
    """Dotted names of the settings that members may change."""
    goal: float | None = None
    """The validation loss to reach; None: there is none."""
    within: int | None = None
    """The goal counts within so many steps, and nobody may train for more."""
    text: str = ""
    """In Markdown."""
    closed: bool = False
    lesson: str = ""
    """The name of the lesson that it is; empty for a task of the teacher's own."""
    asks: bool = False
    """Whether everybody gives a guess before they train."""

    def facts(self) -> dict[str, Any]:
        """What `read_task` reads; JSON can hold it."""
        return {
            **vars(self),
            "base": json.loads(self.base.to_json()),
            "open": list(self.open),
        }


def read_task(group: Group) -> Task:
    """What `Task.facts` wrote."""
    names = {field.name for field in fields(Task)}
    facts = {name: fact for name, fact in group.facts.items() if name in names}
    facts["base"] = RunConfig.from_json(json.dumps(facts["base"]))
    facts["open"] = tuple(facts["open"])
    return Task(**facts)


def checked(task: Task) -> Task:
    """The task with its words trimmed and its base within the steps of the goal.

    Raises:
        ExplorerError: if it has no title, or something is too long or out of bounds.
    """
    title = " ".join(task.title.split())
    _check_words(title, task.text)
    if task.goal is not None and not (math.isfinite(task.goal) and task.goal > 0):
        raise ExplorerError(
            N_("A goal must be a loss above 0, but got %(came)s. Leave it empty."),
            came=task.goal,
        )
    if task.within is not None:
        TrainingSettings.read({"steps": task.within})
    openable = openable_settings(task.base)
    return Task(
        title,
        _shortened(task.base, task.within),
        tuple(name for name in openable if name in task.open),
        task.goal,
        task.within,
        task.text.strip(),
        task.closed,
        task.lesson,
        task.asks,
    )


def _check_words(title: str, text: str) -> None:
    """See that a task has a title, and that neither it nor its text is too long.

    Raises:
        ExplorerError: if one is.
    """
    if not 1 <= len(title) <= MOST_TITLE:
        raise ExplorerError(
            N_(
                "A class needs a title of 1 to %(most)d characters, but this one has "
                "%(came)d. Give it another."
            ),
            most=MOST_TITLE,
            came=len(title),
        )
    if len(text) > MOST_TEXT:
        raise ExplorerError(
            N_(
                "A task text may have %(most)d characters, but this one has "
                "%(came)d. Shorten it."
            ),
            most=MOST_TEXT,
            came=len(text),
        )


def openable_settings(base: RunConfig) -> list[str]:
    """What a teacher may leave to the members: all but the data and the beginning."""
    unused = {f"training.{name}" for name in specs.unused_training(base.model)}
    unused |= {f"model.{name}" for name in specs.unused_model(base.data, base.model)}
    names = [
        f"{group}.{name}"
        for group, values in settings_groups(base).items()
        for name in values
        if group != "data"
    ]
    return ["model", *(name for name in names if name not in unused), "seed"]


def bounded(task: Task, config: RunConfig) -> RunConfig:
    """The config as near to a given one as the task allows.

    Raises:
        ExplorerError: if what is open is set to something impossible.
    """
    base, model = task.base, task.base.model
    able = {spec.name for spec in specs.fitting(base.data)}
    if "model" in task.open and config.model in able:
        model = config.model
    settings = _settings(task, config, model)
    seed = config.seed if "seed" in task.open else base.seed
    data = {f"data.{name}": value for name, value in base.data_settings.items()}
    start = base.start if model == base.model else ""
    return choosing.make_config(base.data, model, data | settings, seed, start)


def _settings(task: Task, config: RunConfig, model: str) -> dict[str, Scalar]:
    """Of the model and the training: the base's, and the given ones where open."""
    base, spec = task.base, specs.model_spec(model)
    settings = {f"model.{k}": v for k, v in spec.settings().values().items()}
    settings |= {f"training.{k}": v for k, v in base.training.values().items()}
    locked = {f"model.{k}": v for k, v in base.model_settings.items()}
    settings |= {name: value for name, value in locked.items() if name in settings}
    given = {f"training.{k}": v for k, v in config.training.values().items()}
    if config.model == model:
        given |= {f"model.{k}": v for k, v in config.model_settings.items()}
    own = {
        name for name in settings if name.startswith("model.") and name not in locked
    }
    settings |= {k: v for k, v in given.items() if k in task.open or k in own}
    if task.within is not None:
        settings["training.steps"] = min(int(settings["training.steps"]), task.within)
    return settings


def check_rules(task: Task, config: RunConfig) -> None:
    """See that a config is one that members may train.

    Raises:
        ExplorerError: naming the first setting that is not.
    """
    check_still_open(task)
    if wrong := difference(bounded(task, config), config):
        name, fixed, came = wrong[0]
        raise ExplorerError(
            N_(
                "In this class %(name)s is fixed to %(fixed)s, but got %(came)s. "
                "Reload the page to get what the class allows."
            ),
            name=name,
            fixed=fixed,
            came=came,
        )


def check_still_open(task: Task) -> None:
    """See that members may train.

    Raises:
        ExplorerError: if the class was closed.
    """
    if task.closed:
        raise ExplorerError(
            N_(
                "A class can be trained in while it is open, but '%(title)s' was "
                "closed by its teacher. Leave it to train on your own."
            ),
            title=task.title,
        )


def check_change(task: Task, name: str) -> None:
    """See that members may change a setting of a run that trains.

    Raises:
        ExplorerError: if it is fixed.
    """
    if name not in task.open:
        raise ExplorerError(
            N_(
                "In this class %(name)s is fixed, but got another one. Fork the run to "
                "try it outside the class."
            ),
            name=name,
        )


def member_of(store: Store, group_id: str, owner: str) -> Member | None:
    """How a person takes part in a class; None if they do not."""
    members = store.members.of(group_id)
    return next((m for m in members if m.owner == owner), None)


def must_guess(store: Store, group: Group, task: Task, owner: str) -> bool:
    """Whether somebody has to say first what they expect of a task; when it is known
    what came out nobody has to, for it would be no guess."""
    answered = group.facts.get("answer") is not None
    return task.asks and not answered and owner not in store.guesses.of(group.id)


def check_member(store: Store, group: Group, owner: str) -> None:
    """See that a person takes part.

    Raises:
        ExplorerError: if they do not.
    """
    if member_of(store, group.id, owner) is None:
        raise ExplorerError(
            N_(
                "Only who has joined a class may train in it, and you have not, or "
                "were removed. Open its link and give a nickname."
            )
        )


def join(store: Store, group_id: str, owner: str, nickname: str) -> None:
    """Take part under a nickname, which the others see at once unless the teacher wants
    to look at it first, or should.

    Raises:
        ExplorerError: if there is no such class, it is closed or full, or the nickname
            is not one, or another's.
    """
    store.groups.get(group_id, KIND)

    def admit(group: Group, others: int) -> bool:
        _check_open(read_task(group), others)
        return not (read_classroom(group).approve or doubtful(nickname))

    store.members.join(group_id, owner, nickname, admit=admit)


def _check_open(task: Task, others: int) -> None:
    """Refuse who comes to a class that is closed or full."""
    if task.closed:
        raise ExplorerError(
            N_(
                "A class can be joined while it is open, but '%(title)s' was closed by "
                "its teacher. Ask for another link."
            ),
            title=task.title,
        )
    if others >= MOST_MEMBERS:
        raise ExplorerError(
            N_(
                "A class has room for %(most)d, and '%(title)s' is full. Ask its "
                "teacher to remove somebody, or to make a second one."
            ),
            most=MOST_MEMBERS,
            title=task.title,
        )


def owns_data(facts: Mapping[str, Any], digest: str) -> bool:
    """Whether a class trains on this content."""
    settings: Mapping[str, Any] = facts["base"]["data_settings"]
    return settings.get("digest") == digest


def _shortened(base: RunConfig, within: int | None) -> RunConfig:
    if within is None or base.training.steps <= within:
        return base
    training = base.training.model_copy(update={"steps": within})
    return base.model_copy(update={"training": training})
