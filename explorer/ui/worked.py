"""Healthy or feverish? The textbook's hidden Markov model, computed as one watches."""

import numpy as np
import streamlit as st

from explorer.data.hidden_markov import (
    HiddenMarkov,
    backward,
    forward,
    log_likelihood,
    viterbi,
)
from explorer.errors import N_
from explorer.plots.words import listed
from explorer.ui.language import Translate
from explorer.ui.plain import show_table

STATES = (N_("Healthy"), N_("Fever"))
SEEN = (N_("normal"), N_("cold"), N_("dizzy"))
STARTS = (0.6,)
MOVES = (0.7, 0.6)  # of staying healthy, of staying feverish
SAYS = ((0.5, 0.4), (0.1, 0.3))  # normal and cold; dizzy is the rest
DAYS = (0, 1, 2)


def worked_example(_: Translate) -> None:
    """Adjustable chances, three days, and every number of the three algorithms."""
    st.header(_("By hand: healthy or feverish?"), anchor=False)
    st.markdown(
        _(
            "A village doctor asks on three days how someone feels. Forward and "
            "backward add up every way through the hidden states; Viterbi keeps the "
            "best one. Each number is a product or a sum of those before it: change "
            "one and follow it through."
        )
    )
    model, seen = _chosen(_)
    x = np.array([seen])
    best = viterbi(model, x)
    text = _(
        "P(%(seen)s) = %(likelihood)s. The likeliest states are %(path)s, together "
        "with what was seen: %(best)s."
    )
    st.markdown(
        text
        % {
            "seen": listed([_(SEEN[v]) for v in seen], _),
            "likelihood": f"{np.exp(log_likelihood(model, x)[0]):.5g}",
            "path": listed([f"**{_(STATES[k])}**" for k in best.states[0]], _),
            "best": f"{np.exp(best.log_chance[0]):.5g}",
        }
    )
    show_table(rows(model, seen, _), hide_index=True, key="worked.table")


def rows(
    model: HiddenMarkov, seen: list[int], _: Translate = str
) -> list[dict[str, str]]:
    """A row for each day and state, with what each algorithm says of it."""
    x = np.array([seen])
    a, b = np.exp(forward(model, x)[0]), np.exp(backward(model, x)[0])
    best = viterbi(model, x)
    likelihood = a[-1].sum()
    return [
        {
            _("Day"): str(day + 1),
            _("Feels"): _(SEEN[seen[day]]),
            _("State"): _(STATES[k]),
            _("Forward α"): f"{a[day, k]:.5g}",
            _("Backward β"): f"{b[day, k]:.5g}",
            _("Posterior αβ / P"): f"{a[day, k] * b[day, k] / likelihood:.1%}",
            _("Viterbi v"): f"{np.exp(best.scores[0, day, k]):.5g}",
            _("On the best path"): "✓" if best.states[0, day] == k else "",
        }
        for day in range(len(seen))
        for k in range(len(STATES))
    ]


def _chosen(_: Translate) -> tuple[HiddenMarkov, list[int]]:
    """The chances and the three days that are chosen."""
    first, second, third = st.columns(3)
    with first:
        healthy = _chance(_("Healthy at the start"), "start", STARTS[0])
        stay = [
            _chance(_("Stays healthy"), "stay0", MOVES[0]),
            _chance(_("Stays feverish"), "stay1", MOVES[1]),
        ]
    with second:
        says = [_says(k, _) for k in range(len(STATES))]
    with third:
        seen = [
            st.selectbox(
                _("Day %(number)d") % {"number": day + 1},
                range(len(SEEN)),
                index=DAYS[day],
                format_func=lambda v: _(SEEN[v]),
                key=f"worked.day{day}",
            )
            for day in range(len(DAYS))
        ]
    moves = np.array([[stay[0], 1 - stay[0]], [1 - stay[1], stay[1]]])
    return HiddenMarkov(np.array([healthy, 1 - healthy]), moves, np.array(says)), seen


def _says(state: int, _: Translate) -> list[float]:
    """How the three feelings share a state's chances; the last takes the rest."""
    title = {"state": _(STATES[state])}
    normal = _chance(_("%(state)s: normal") % title, f"normal{state}", SAYS[state][0])
    cold = _chance(_("%(state)s: cold") % title, f"cold{state}", SAYS[state][1])
    cold = min(cold, 1 - normal)
    rest = _("%(state)s: dizzy takes the rest, %(share).2f")
    st.caption(rest % {**title, "share": 1 - normal - cold})
    return [normal, cold, max(0.0, 1 - normal - cold)]


def _chance(label: str, key: str, value: float) -> float:
    return st.slider(label, 0.0, 1.0, value, 0.05, key=f"worked.{key}")
