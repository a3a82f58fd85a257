"""The page GAN: two nets against each other, together or one at a time."""

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.runs.commands import STEP
from explorer.runs.records import Run
from explorer.ui.address import shown_run
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.transport import pause_button, step_run, train_button

MODEL = "gan"
"""The architecture of this page."""

SAMPLE = "sample_gan"
"""The finished run that is shown before there is another."""

PANELS = ("loss", "windows", "verdicts", "likeness", "scores")

SIDES = (
    ("generator", N_("Step generator only"), N_("The discriminator stays as it is.")),
    (
        "discriminator",
        N_("Step discriminator only"),
        N_("The generator stays as it is."),
    ),
)


def usual() -> RunConfig:
    """What the page begins with."""
    return choosing.make_config("sine", MODEL)


def rivals_run(visitor: Visitor) -> Run:
    """The run that the address names, if two nets learn against each other in it; else
    the sample."""
    try:
        run = visitor.store.get(shown_run())
    except ExplorerError:
        return visitor.store.get(SAMPLE)
    adversarial = specs.model_spec(run.config.model).learning == "adversarial"
    return run if adversarial else visitor.store.get(SAMPLE)


def invitation(_: Translate) -> None:
    """What a newcomer sees here."""
    st.markdown(
        _(
            "A generator makes windows out of noise, and a discriminator learns to "
            "tell them from real ones. Press Train and watch windows take shape "
            "out of noise; data and settings stand above."
        )
    )


def net_buttons(
    visitor: Visitor, run: Run, config: RunConfig | None, _: Translate
) -> None:
    """Train, pause, step; and step one of the two alone."""
    with st.container(horizontal=True, key="net_buttons", gap="small"):
        train_button(visitor, run, config, _)
        pause_button(visitor, run, _)
        still = run.status == "training" or (config is None and run.ended)
        st.button(
            _(STEP.label) % {"count": 1},
            key="step1",
            disabled=still,
            help=_(STEP.help),
            on_click=shown_later(step_run),
            args=(visitor, run, config, 1),
        )
        for side, label, about in SIDES:
            st.button(
                _(label),
                key=side,
                disabled=still,
                help=_(about),
                on_click=shown_later(step_run),
                args=(visitor, run, config, 1, side),
            )
