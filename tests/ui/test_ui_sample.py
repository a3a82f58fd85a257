"""The finished run that a newcomer finds is one that this program would write."""

import json

import numpy as np
import safetensors.numpy

from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.worker import look_at
from explorer.ui.live.asked import wanted
from explorer.ui.live.sample import FOLDER, first_wish


def test_the_shipped_pictures_are_those_of_the_shipped_weights() -> None:
    """Else a newcomer meets sentences of another day, which nobody translates."""
    facts = json.loads((FOLDER / "run.json").read_text(encoding="utf-8"))
    config = RunConfig.from_json(json.dumps(facts["config"]))
    wants, told = zip(*facts["views"], strict=True)
    assert [Wanted(*want) for want in wants] == list(wanted(config, first_wish(config)))
    state = (FOLDER / f"checkpoints/{facts['step']:05d}.safetensors").read_bytes()
    kept = safetensors.numpy.load_file(FOLDER / "views.safetensors")
    views = look_at(config.to_json(), state, [Wanted(*want) for want in wants])
    for number, (view, notes) in enumerate(zip(views, told, strict=True)):
        assert json.loads(json.dumps(dict(view.notes))) == notes
        for name, values in view.arrays.items():
            np.testing.assert_allclose(kept[f"{number}.{name}"], values, atol=1e-4)
