"""Where a learning rate starts: one rule, said in a sentence; links keep theirs."""

import pytest

from explorer.catalog import choosing, specs
from explorer.config.pace import Tuned, usual_pace
from explorer.config.run import query_pairs, to_query
from explorer.config.training import TrainingSettings
from explorer.errors import ExplorerError
from explorer.ui.describe import command_line
from explorer.ui.language import translator
from explorer.ui.settings import _training

CASES = [
    # attends, width, the architecture's rate, the data's own, in noise -> rate,
    # schedule, as explained
    (True, 8, 0.005, None, None, 0.005, "warmup", "to 0.005 up to a hidden size of 32"),
    (True, 32, 0.005, None, None, 0.005, "warmup", "to 0.005"),
    (True, 64, 0.005, None, None, 0.0035, "warmup", "beyond to less"),
    (True, 128, 0.005, None, None, 0.0025, "warmup", "by the root"),
    (True, 128, 0.005, 0.003, None, 0.0015, "warmup", "to 0.003"),
    (True, 128, 0.005, None, 0.001, 0.0005, "warmup", "to 0.001"),
    (False, 128, 0.01, None, None, 0.01, "cosine", "0.01 suits this architecture"),
    (True, 32, 0.005, 0.01, None, 0.005, "warmup", "to 0.005"),
    (False, 8, 0.01, 0.003, None, 0.003, "cosine", "0.003 suits this data"),
    (False, 8, 0.01, 0.02, None, 0.01, "cosine", "0.01 suits this architecture"),
    (False, 8, 0.01, None, 0.001, 0.001, "cosine", "a net learns less of it by heart"),
]


@pytest.mark.parametrize(
    ("attends", "width", "usual", "own", "noise", "rate", "schedule", "said"), CASES
)
def test_the_rule(
    attends: bool,
    width: int,
    usual: float,
    own: float | None,
    noise: float | None,
    rate: float,
    schedule: str,
    said: str,
) -> None:
    pace = usual_pace(attends, width, 32, usual, own, noise=noise)
    assert pace[:2] == (rate, schedule)
    assert said in str(pace.why)
    chinese = pace.why.text(translator("zh"))
    assert chinese != str(pace.why)
    assert pace.why.values["rate"] in chinese


@pytest.mark.parametrize(
    ("attends", "width", "rate"),
    [(False, 128, 0.0036), (True, 32, 0.0036), (True, 128, 0.0018)],
)
def test_what_did_best_goes_before_the_rule(
    attends: bool, width: int, rate: float
) -> None:
    tuned = Tuned(0.0036, "constant")
    pace = usual_pace(attends, width, 32, 0.01, 0.002, tuned=tuned)
    assert pace[:2] == (rate, "constant")
    assert "0.0036 and this schedule served" in str(pace.why)
    assert "at a hidden size of 32." in str(pace.why)
    assert "%" not in pace.why.text(translator("zh"))


def test_in_noise_nothing_goes_before_the_rule() -> None:
    tuned = Tuned(0.0036, "constant")
    pace = usual_pace(False, 32, 32, 0.01, noise=0.001, tuned=tuned)
    assert pace[:2] == (0.001, "cosine")


def test_what_did_best_is_of_nets_that_are_there_and_asked_by_the_rule() -> None:
    found = {
        (data.name, model): tuned
        for data in specs.datasets().values()
        for model, tuned in data.tuned.items()
    }
    assert found
    for (data, model), tuned in found.items():
        config = choosing.make_config(data, model)
        assert config.training.learning_rate == tuned.learning_rate, (data, model)
        assert config.training.schedule == tuned.schedule, (data, model)


def test_a_run_begins_by_the_rule_and_keeps_what_is_given() -> None:
    wide = {"model.hidden_size": 128}
    config = choosing.make_config("fables", "transformer", wide)
    assert config.training.learning_rate == 0.0025
    assert config.training.schedule == "warmup"
    given = choosing.make_config(
        "fables", "transformer", wide | {"training.learning_rate": 0.02}
    )
    assert given.training.learning_rate == 0.02
    pair = choosing.make_config("dates", "encoder_decoder").training
    assert (pair.learning_rate, pair.schedule) == (0.003, "warmup")
    assert choosing.make_config("sine", "gan").training.learning_rate == 0.002
    assert choosing.usual_pace_of("sine", "gan") is None
    assert choosing.usual_pace_of("sine", "hmm") is None


def test_what_is_noise_hangs_on_the_data_settings() -> None:
    def rate(data: str, **settings: object) -> float:
        config = choosing.make_config(data, "lstm", settings)
        assert choosing.defaults_for(config).training == config.training
        return config.training.learning_rate

    assert rate("sine") == 0.01
    assert rate("digits") == 0.0005
    assert rate("stock") == 0.001
    assert rate("stock", **{"data.target": "price"}) == 0.01


def test_the_page_begins_otherwise_where_another_part_of_the_data_is_asked_for() -> (
    None
):
    changes = choosing.make_config("stock", "lstm")
    same = changes.data, changes.model
    prices = {**changes.data_settings, "target": "price"}
    usual = choosing.usual_training(*same, changes.model_settings, prices)
    assert _training("price", usual, changes, same)["learning_rate"] == 0.01


def test_what_is_written_once_begins_as_a_link_does() -> None:
    """A rule may change; lessons are the same runs as before."""
    for model in ("lstm", "transformer"):
        written = choosing.lasting_config("fables", model, {"model.layers": 1})
        link = {"data": "fables", "model": model, "model.layers": "1"}
        assert written == choosing.config_from_pairs(link)
        assert written.training.learning_rate == TrainingSettings().learning_rate
    with pytest.raises(ExplorerError):
        choosing.lasting_config("sine", "crf", {})


def test_a_link_means_what_it_always_meant() -> None:
    """Links leave out what was usual before there was a rule."""
    old = choosing.config_from_pairs(
        query_pairs("data=fables&model=transformer&model.hidden_size=128")
    )
    assert old.training == TrainingSettings()
    new = choosing.make_config("fables", "transformer", {"model.hidden_size": 128})
    link = to_query(new, choosing.linked_defaults(new))
    assert "training.learning_rate=0.0025&training.schedule=warmup" in link
    assert choosing.config_from_pairs(query_pairs(link)) == new


def test_data_names_the_beginnings_of_a_task_that_is_not_its_usual_one() -> None:
    digits = choosing.make_config("handwriting", "gan")
    asked = specs.data_spec("handwriting").beginnings["generate"]
    groups = {"model": digits.model_settings, "training": digits.training.values()}
    for name, value in asked.items():
        group, _dot, key = name.partition(".")
        assert groups[group][key] == value, name
    given = choosing.make_config("handwriting", "gan", {"model.noise_size": 5})
    assert given.model_settings == digits.model_settings | {"noise_size": 5}
    assert "model." not in command_line(digits)
    assert "training." not in command_line(digits)
    link = to_query(digits, choosing.linked_defaults(digits))
    assert "model." not in link
    assert choosing.config_from_pairs(query_pairs(link)) == digits
    plain = specs.model_spec("gan").settings().values()
    assert choosing.make_config("sine", "gan").model_settings == plain
    told = choosing.make_config("handwriting", "lstm")
    assert told.model_settings == specs.model_spec("lstm").settings().values()
    assert told.training == TrainingSettings(learning_rate=0.01)


def test_a_command_line_leaves_out_what_the_rule_says() -> None:
    new = choosing.make_config("fables", "transformer", {"model.hidden_size": 128})
    assert "training." not in command_line(new)
    old = choosing.config_from_pairs({"data": "fables", "model": "transformer"})
    assert "--set training.schedule=cosine" in command_line(old)


def test_a_rate_set_by_hand_stays_where_the_size_changes() -> None:
    config = choosing.make_config("fables", "transformer", {"training.steps": 50})
    same = config.data, config.model
    wide = choosing.usual_training(*same, {"hidden_size": 128})
    moved = _training("wide", wide, config, same)
    assert (moved["learning_rate"], moved["steps"]) == (0.0025, 50)
    by_hand = config.training.model_copy(update={"learning_rate": 0.02})
    kept = _training(
        "wide", wide, config.model_copy(update={"training": by_hand}), same
    )
    assert (kept["learning_rate"], kept["schedule"]) == (0.02, "warmup")
