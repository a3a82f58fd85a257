"""A preset: settings that belong together, taken at one click."""

import pytest

from explorer.catalog import choosing, specs
from explorer.config.run import settings_groups
from tests.ui.conftest import QUIET, asked, page

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


def test_a_preset_is_taken_on_the_same_data() -> None:
    test = page(model="transformer", data="fables", seed="3")
    test.button(key="preset.speedrun").click().run()
    assert not test.exception
    names = [n for n in test.query_params if "." in n or n in {"model", "data", "seed"}]
    config = choosing.config_from_pairs({name: asked(test, name) for name in names})
    assert (config.data, config.model, config.seed) == ("fables", "transformer", 3)
    groups = settings_groups(config)
    (preset,) = specs.model_spec("transformer").presets
    for name, value in preset.settings.items():
        group, _, key = name.partition(".")
        assert groups[group][key] == value, name
    hidden = test.select_slider(key=f"{edition(test)}.model.transformer.hidden_size")
    assert hidden.value == 128


def edition(test) -> str:
    return f"edition{test.session_state['address.edition']}"
