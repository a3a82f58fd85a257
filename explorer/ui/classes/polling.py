"""Who expects what of a task, and what came out."""

from collections.abc import Sequence
from contextlib import suppress
from html import escape

import streamlit as st

from explorer.engine.classes import Task
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.inspection.facts import lines
from explorer.lessons.base import Choose, Number, lesson
from explorer.plots.words import listed, paragraph
from explorer.runs.boards import Standing
from explorer.runs.guesses import Guess
from explorer.runs.records import Group, Run
from explorer.ui.classes.board import html_table
from explorer.ui.classes.rights import taught_later
from explorer.ui.language import Translate
from explorer.ui.lessons.asked import guess_field, in_words
from explorer.ui.lessons.attempts import outcome, start_runs
from explorer.ui.lessons.following import all_over, follow
from explorer.ui.page import shown_later
from explorer.ui.plain import literal


def question(task: Task, _: Translate) -> str:
    """What is asked before anybody trains."""
    if task.lesson:
        return _(lesson(task.lesson).question)
    return _("How low will the validation loss of your best run be?")


def asked_of(task: Task) -> Choose | Number:
    """How the question can be answered."""
    if task.lesson:
        return lesson(task.lesson).guess
    levels = lines(task.base)
    low = min(v for v in (levels.floor, task.goal, 0.05) if v)
    high = max([*levels.baselines.values(), 1.0])
    return Number(low / 4, high * 2, "", "log")


def ask(
    visitor: Visitor, group: Group, task: Task, mine: Guess | None, _: Translate
) -> None:
    """The question for a student; once answered, what they said and what came out."""
    asked, words = asked_of(task), question(task, _)
    answer = group.facts.get("answer")
    if mine is None and answer is None:
        guess = guess_field(words, asked, f"class.guess.{group.id}", _)
        st.button(
            _("This is my guess"),
            type="primary",
            icon=":material/how_to_vote:",
            key="give_guess",
            disabled=guess is None,
            help=_("You can train when you have said what you expect."),
            on_click=shown_later(visitor.classes.guess),
            args=(group.id, guess),
        )
        return
    line = ""
    if mine is not None:
        line = _("Your guess: **%(guess)s**") % {"guess": in_words(asked, mine, _)}
    st.markdown(paragraph(*filter(None, (words, line))))
    if answer is not None:
        came = {"answer": literal(in_words(asked, answer, _))}
        st.markdown(_("What came out: **%(answer)s**.") % came)


def waiting_line(_: Translate) -> str:
    """Why nothing can be trained yet."""
    return _("**Say first what you expect**, beside or below the pictures. Then train.")


def poll(group: Group, task: Task, found: Sequence[Standing], _: Translate) -> None:
    """How many expect what, who they are, and what came out."""
    asked = asked_of(task)
    given = [standing for standing in found if standing.guess is not None]
    st.markdown(f"**{question(task, _)}**")
    message = _("Guesses: %(count)d of %(all)d.")
    st.markdown(message % {"count": len(given), "all": len(found)})
    if given:
        st.html(poll_table(given, asked, _))
    if line := _came_out(group, task, given, asked, _):
        st.markdown(line)


def poll_table(given: Sequence[Standing], asked: Choose | Number, _: Translate) -> str:
    """Everything that somebody expects, with a bar and the names, as HTML."""
    guesses = {standing.guess for standing in given if standing.guess is not None}
    rows = []
    for guess in sorted(guesses, key=lambda each: _order(each, asked)):
        names = [s.nickname for s in given if s.guess == guess]
        share = 100 * len(names) / len(given)
        bar = (
            f"<td style='width: 40%'><span aria-hidden='true' style='display: "
            f"inline-block; height: 0.8em; width: {0.8 * share:.0f}%; background: "
            f"currentColor; opacity: 0.6'></span> {len(names)}</td>"
        )
        words = escape(in_words(asked, guess, _))
        who = listed((f"<bdi>{escape(name)}</bdi>" for name in names), _)
        rows.append([f"<td>{words}</td>", f"<td>{who}</td>", bar])
    heads = [_("Expected"), _("By whom"), _("How many")]
    return html_table(heads, rows, [False] * len(rows), "long")


def _order(guess: Guess, asked: Choose | Number) -> float:
    """Numbers by their size, choices as they are offered."""
    if isinstance(asked, Choose):
        return asked.options.index(str(guess))
    return float(guess)


def experiment_button(visitor: Visitor, group: Group, task: Task, _: Translate) -> None:
    """The runs of a lesson, which answer its question before the class."""
    if not task.lesson:
        return
    runs = experiment(visitor, group)
    st.button(
        _("Run the lesson's experiment"),
        icon=":material/science:",
        key="class.experiment",
        disabled=not all_over(lesson(task.lesson), runs),
        help=_("Its runs train here, and what comes out stands beside the guesses."),
        on_click=taught_later(visitor, group, _begin),
        args=(visitor, group, task),
    )


def keep_answer(visitor: Visitor, group: Group, task: Task) -> None:
    """Once the runs of a lesson have ended: what they say to its question."""
    runs, asked = experiment(visitor, group), lesson(task.lesson)
    if len(runs) < len(group.facts.get("runs", {})):
        return  # one was deleted: what is left cannot answer
    if not runs or group.facts.get("answer") is not None:
        return
    if follow(visitor, asked, group.id) or not all_over(asked, runs):
        return
    found = outcome(visitor, asked, runs)
    visitor.store.groups.change(group.id, {"answer": found.answer})


def experiment(visitor: Visitor, group: Group) -> dict[str, Run]:
    """The runs of a lesson that were started for a class, by their names in it."""
    found = {}
    for name, run_id in group.facts.get("runs", {}).items():
        with suppress(ExplorerError):  # it may have been deleted
            found[name] = visitor.store.get(run_id)
    return found


def _begin(visitor: Visitor, group: Group, task: Task) -> None:
    runs = start_runs(visitor, lesson(task.lesson))
    ids = {name: run.id for name, run in runs.items()}
    visitor.store.groups.change(group.id, {"runs": ids, "answer": None})


def _came_out(
    group: Group,
    task: Task,
    given: Sequence[Standing],
    asked: Choose | Number,
    _: Translate,
) -> str:
    """What came out, and how many had expected it; empty before that."""
    if task.lesson:
        answer: Guess | None = group.facts.get("answer")
        if answer is None:
            return ""
        right = [s for s in given if _right(asked, s.guess, answer)]
        line = _(
            "What came out: **%(answer)s**. Guesses that are right: %(count)d of "
            "%(all)d."
        )
        words = literal(in_words(asked, answer, _))
        return line % {"answer": words, "count": len(right), "all": len(given)}
    ended = [s for s in given if s.best is not None]
    if not ended:
        return ""
    right = [s for s in ended if _right(asked, s.guess, s.best)]
    line = _("So far %(count)d of %(all)d came out near their guess.")
    return line % {"count": len(right), "all": len(ended)}


def _right(asked: Choose | Number, guess: Guess | None, came: Guess | None) -> bool:
    return guess is not None and came is not None and asked.right(guess, came)
