"""A lesson on the page: the question, then its runs live, the outcome and the task."""

from collections.abc import Sequence

import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.lessons import texts
from explorer.lessons.base import Lesson, Outcome, lesson
from explorer.plots.runs import guess as chart
from explorer.plots.words import listed
from explorer.runs.records import Run
from explorer.ui.address import show_lesson, shown_lesson
from explorer.ui.describe import run_line
from explorer.ui.language import Translate
from explorer.ui.lessons.asked import ask, in_words
from explorer.ui.lessons.attempts import (
    Attempt,
    attempts,
    forget,
    outcome,
    own_of,
    runs_of,
)
from explorer.ui.lessons.following import all_over, follow
from explorer.ui.lessons.listed import neighbour
from explorer.ui.lessons.own import own_task
from explorer.ui.live.component import live_panels
from explorer.ui.live.figure import show_figure
from explorer.ui.page import language, shown_errors, shown_later
from explorer.ui.plain import literal, show_error

EVERY = 0.7
"""Seconds between two looks at runs that train."""

OWN = "own"
"""The reader's own run among those that can be looked at."""


def present_lesson(_: Translate) -> Lesson | None:
    """The lesson that the address names; says so where there is none of that name."""
    if not (wanted := shown_lesson()):
        return None
    try:
        return lesson(wanted)
    except ExplorerError as error:
        show_error(error, _, "search_off")
        return None


def show(visitor: Visitor, shown: Lesson, _: Translate) -> None:
    """One lesson, as far as its reader has come."""
    text = texts.read(shown.name, language())
    st.title(f"{shown.number}. {_(shown.title)}", anchor=False)
    _ways(shown, _)
    st.markdown(text.before)
    attempt = attempts(visitor).get(shown.name)
    runs = None if attempt is None else _runs(visitor, attempt, _)
    if attempt is None or runs is None:
        ask(visitor, shown, _)
        return
    _asked(visitor, shown, attempt, _)
    over = all_over(shown, runs)
    if not over:
        st.fragment(_progress, run_every=EVERY)(visitor, shown, attempt, _)
    else:
        _outcome(shown, attempt, outcome(visitor, shown, runs), runs, _)
    _look(visitor, shown, attempt, runs, _)
    if over:
        st.header(_("Why?"), anchor=False)
        st.markdown(text.after)
        own_task(visitor, shown, attempt, text.task, _)


def _ways(shown: Lesson, _: Translate) -> None:
    """To the list, and to the next lesson."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("All lessons"),
            icon=":material/list:",
            key="lesson.all",
            type="tertiary",
            on_click=show_lesson,
            args=("",),
        )
        if after := neighbour(shown):
            st.button(
                _("Next: %(title)s") % {"title": _(after.title)},
                icon=":material/arrow_forward:",
                key="lesson.next",
                type="tertiary",
                on_click=show_lesson,
                args=(after.name,),
            )


def _runs(visitor: Visitor, attempt: Attempt, _: Translate) -> dict[str, Run] | None:
    """The attempt's runs; None, with a word on it, where one is gone."""
    try:
        return runs_of(visitor, attempt)
    except ExplorerError:
        st.info(
            _("The runs of your last attempt were deleted. Guess anew."),
            icon=":material/delete_sweep:",
        )
        return None


def _asked(visitor: Visitor, shown: Lesson, attempt: Attempt, _: Translate) -> None:
    """The question with what was guessed, and the way to be asked again."""
    message = _("Your guess: **%(guess)s**")
    st.markdown(f"**{_(shown.question)}**")
    st.markdown(message % {"guess": literal(in_words(shown.guess, attempt.guess, _))})
    st.button(
        _("Guess again"),
        icon=":material/restart_alt:",
        key="lesson.again",
        on_click=shown_later(forget),
        args=(visitor, shown),
    )


def _progress(visitor: Visitor, shown: Lesson, attempt: Attempt, _: Translate) -> None:
    """How far the runs are; the page is drawn anew when another begins with what one
    has learned, and when all have ended."""
    with shown_errors():
        runs = runs_of(visitor, attempt)
        if follow(visitor, shown, attempt.id) or all_over(shown, runs):
            st.rerun()
        steps = {n: c.training.steps for n, c in shown.configs().items()}
        total = sum(steps.values())
        done = sum(steps[n] if run.ended else run.step for n, run in runs.items())
        st.progress(min(1.0, done / total), text=_("The runs train …"))


def _outcome(
    shown: Lesson,
    attempt: Attempt,
    found: Outcome,
    runs: dict[str, Run],
    _: Translate,
) -> None:
    """The guess beside what came out."""
    st.header(_("What came out"), anchor=False)
    right = shown.guess.right(attempt.guess, found.answer)
    words = {"answer": literal(in_words(shown.guess, found.answer, _))}
    if right:
        line, icon = _("It came out as you expected: %(answer)s."), "check"
        st.success(line % words, icon=f":material/{icon}:")
    else:
        line, icon = _("It came out otherwise: %(answer)s."), "lightbulb"
        st.info(line % words, icon=f":material/{icon}:")
    if not found.holds:
        st.warning(
            _(
                "These runs do not bear out what is explained below: chance in the "
                "first weights can do that."
            ),
            icon=":material/warning:",
        )
    _draw(shown, attempt, found, [run.config for run in runs.values()], _)


def _draw(
    shown: Lesson,
    attempt: Attempt,
    found: Outcome,
    configs: Sequence[RunConfig],
    _: Translate,
) -> None:
    """The numbers of the outcome, with a guessed number among them."""
    number = attempt.guess if isinstance(attempt.guess, float) else None
    drawn = chart.extract(found.figures, number, _)
    titles = [_(specs.data_spec(config.data).title) for config in configs]
    seeds = [f"{_('Seed')} {config.seed}" for config in configs]
    about = listed(list(dict.fromkeys([_(shown.title), *titles, *seeds])), _)
    show_figure(
        "guess",
        chart.figure(drawn, _),
        chart.alternative(drawn, _),
        _,
        title=_(shown.question),
        about=about,
        height=chart.height(drawn),
    )


def _look(
    visitor: Visitor,
    shown: Lesson,
    attempt: Attempt,
    runs: dict[str, Run],
    _: Translate,
) -> None:
    """The panels that the lesson names, of one of its runs or of the reader's own."""
    st.header(_("See for yourself"), anchor=False)
    labels = {name: _(setup.label) for name, setup in shown.runs.items()}
    seen = {name: runs[name] for name in shown.runs if name in runs}
    if own := own_of(visitor, attempt):
        seen[OWN], labels[OWN] = own, _("your own run")
    name = next(iter(seen))
    if len(seen) > 1:
        name = st.segmented_control(
            _("Run"),
            list(seen),
            default=OWN if own else name,
            required=True,
            format_func=labels.__getitem__,
            key=f"lesson.look.{attempt.id}.{attempt.own}",
            wrap=True,
        )
    st.markdown(run_line(seen[name].config, _))
    live_panels(seen[name], language(), _, "lesson", names=shown.panels, long=False)
