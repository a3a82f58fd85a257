"""Which run the page HMM and CRF shows, and how one is begun."""

from typing import Any, NamedTuple

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import N_
from explorer.inspection.base import has
from explorer.runs.records import Run
from explorer.ui.address import show_run, take_over
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.runs.recent import named_run, remember_run, run_lines, shown_runs
from explorer.ui.samples import is_sample

SAMPLE = "sample_casino"
"""The finished run that is shown before there is another."""

PANELS = ("states", "transitions", "emissions", "surprise", "loss", "raster")


class Beginning(NamedTuple):
    """A run that one click begins."""

    key: str
    label: str
    model: str
    settings: dict[str, Any]
    data: str = "casino"

    @property
    def config(self) -> RunConfig:
        """What it trains."""
        return choosing.make_config(self.data, self.model, self.settings)


BEGINNINGS = (
    Beginning(
        "hmm",
        N_("Start an HMM on the casino"),
        "hmm",
        {"model.hidden_size": 2, "model.stay": 0.9},
    ),
    Beginning("crf", N_("Start a CRF on the casino"), "crf", {}),
    Beginning("lstm", N_("Start an LSTM to compare with"), "lstm", {}),
)


def is_chain(config: RunConfig) -> bool:
    """Whether a run's model has probabilities of states or labels inside."""
    return has("probability")(specs.resolve(config))


def chain_run(visitor: Visitor, _: Translate) -> Run:
    """The tab's run, if it is an HMM or a CRF; else the newest of this tab that is, or
    the sample."""
    run = named_run(visitor, _)
    if run is not None and is_chain(run.config):
        return run
    chains = [run for run in shown_runs(visitor) if is_chain(run.config)]
    return chains[0] if chains else visitor.store.get(SAMPLE)


def comparable(visitor: Visitor, run: Run, _: Translate) -> list[tuple[str, str]]:
    """The tab's other runs on the very same data: (id, what they are)."""
    config = run.config
    same = config.data, config.data_settings, config.seed
    others = [
        other
        for other in shown_runs(visitor)
        if other.id != run.id
        and (other.config.data, other.config.data_settings, other.config.seed) == same
    ]
    return list(run_lines(others, _).items())


def beginnings(visitor: Visitor, run: Run, _: Translate) -> None:
    """What this is about, and a button for each default run."""
    new = is_sample(run.id)
    if new:
        st.markdown(
            _(
                "Which rolls were made with the loaded die? A casino secretly "
                "exchanges a fair die for a loaded one and back. A hidden Markov model "
                "finds the two dice from the rolls alone; a conditional random field "
                "learns from labelled rolls which labels go together. Start one and "
                "watch its tables take shape."
            )
        )
    with st.container(horizontal=True, key="chain-beginnings", gap="small"):
        for each in BEGINNINGS:
            first = new and each is BEGINNINGS[0]
            st.button(
                _(each.label),
                icon=":material/play_arrow:",
                type="primary" if first else "secondary",
                key=f"begin-{each.key}",
                on_click=shown_later(_begin),
                args=(visitor, run, each),
            )


def _begin(visitor: Visitor, run: Run, beginning: Beginning) -> None:
    """Start a run: in place of the one that is shown, or to compare it with."""
    config = beginning.config
    if not is_chain(config):
        remember_run(visitor.start(config))
        return
    new = visitor.start(config, instead_of=run)
    take_over(config)
    show_run(new.id)
