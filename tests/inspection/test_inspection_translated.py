"""Views of a translation: what is written, where it looks, and which step is which."""

import numpy as np
import pytest
import torch

from explorer.errors import ExplorerError
from explorer.inspection.base import Subject, probe_window
from explorer.models.captures import Recorder
from explorer.plots.answers import translated
from explorer.tasks import END, IGNORED
from explorer.training.decoding import greedy
from tests.inspection.subjects import drawn, seen, subject_of

S, L = 7, 8


@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of(
        "encoder_decoder",
        "reverse",
        steps=0,
        data__shortest=3,
        data__longest=7,
        data__symbols=5,
        model__layers=2,
        model__heads=2,
    )


def window(subject: Subject) -> tuple[list[str], list[str]]:
    """The tokens of the middle held-out window: source, then what is given."""
    x, _ = probe_window(subject.data)
    names = [subject.data.symbols[t] for t in x[0].tolist()]
    return names[:S], names[S:]


def test_what_is_written_beside_the_truth(subject: Subject) -> None:
    view = seen(subject, "prediction")
    x, y = probe_window(subject.data)
    predicted = greedy(subject.model, x[:, :S], L)[0].tolist()
    predicted = predicted[: predicted.index(END) + 1] if END in predicted else predicted
    names = subject.data.symbols
    assert view.notes["written"] == [names[t] for t in predicted]
    assert view.notes["truth"] == [names[t] for t in y[0].tolist() if t != IGNORED]
    source = [t for t in window(subject)[0] if t != names[0]]
    assert view.notes["source"] == source
    # the chance of each written token, one more token given each time
    for k, token in enumerate(predicted):
        prefix = torch.tensor([[*x[0, :S].tolist(), 1, *predicted[:k]]])
        with torch.no_grad():
            chance = subject.model(prefix)[0, -1].softmax(-1)[token]
        assert view.arrays["written"][k] == pytest.approx(float(chance), abs=1e-6)
    cross = view.arrays["cross"]
    assert cross.shape == (len(predicted), len(source))
    np.testing.assert_allclose(cross.sum(1), 1.0, atol=1e-6)


def test_a_typed_source_has_no_truth(subject: Subject) -> None:
    view = seen(subject, "prediction", prompt="abXca")
    assert view.notes["source"] == list("abca")
    assert view.notes["left_out"] == ["X"]
    assert view.notes["truth"] is None
    picture = translated.extract("encoder_decoder", view)
    assert "tokens; it was least sure" in translated.reading(picture)
    assert translated.wrong(picture) == []
    too_long = seen(subject, "prediction", prompt="a" * 20)
    assert too_long.notes["source"] == ["a"] * S


def test_the_picture_marks_errors_and_names_its_rows(subject: Subject) -> None:
    view = seen(subject, "prediction")
    picture = translated.extract("encoder_decoder", view)
    picture = picture._replace(
        written=tuple("cb■"), truth=tuple("ca■"), chances=np.array([0.9, 0.2, 0.8])
    )
    assert translated.reading(picture) == (
        "1 of 3 places differ from the truth; the model was least sure of “b” (20 %)."
    )
    _source, written, truth = translated.blocks(picture)
    assert [kind for _token, kind, _shade in written["tokens"]] == ["", "wrong", ""]
    assert [token for token, _kind, _shade in truth["tokens"]] == list("ca■")
    figure = translated.figure(picture)
    assert figure["layout"]["xaxis"]["ticktext"] == list(picture.source)
    assert figure["layout"]["yaxis"]["ticktext"] == list("cb■")
    blind = translated.figure(picture._replace(percent=None))
    np.testing.assert_allclose(blind["data"][0]["y"], [90, 20, 80])


PARTS = {"cross": (L, S), "decoder": (L, L), "encoder": (S, S)}


@pytest.mark.parametrize("place", PARTS)
def test_a_map_is_labelled_with_its_own_parts_tokens(
    subject: Subject, place: str
) -> None:
    view = seen(subject, "inside", capture=f"layer_1.{place}.attention")
    assert view.arrays["values"].shape == PARTS[place]
    source, target = window(subject)
    assert view.notes["labels"] == (source if place == "encoder" else target)
    assert view.notes["columns"] == (source if place == "cross" else None)


@pytest.mark.parametrize(
    ("place", "first", "steps"), [("encoder", 0, S), ("decoder", S, L)]
)
def test_steps_of_a_part_are_counted_in_the_window(
    subject: Subject, place: str, first: int, steps: int
) -> None:
    name = f"layer_1.{place}.hidden"
    source, target = window(subject)
    part = [*source, *target][first : first + steps]
    recorder = Recorder()
    x, _ = probe_window(subject.data)
    with torch.no_grad():
        subject.model(x, recorder)
    values = recorder.values()[name][0].numpy()
    view = seen(subject, "traces", capture=name, mark=first + 2, threshold=0.01)
    assert view.notes["labels"] == part
    assert view.notes["first"] == first
    assert view.notes["mark"] == first + 2
    assert view.notes["here"]["token"] == part[2]
    np.testing.assert_allclose(
        view.arrays["traces"], values[:, view.arrays["units"]], atol=1e-6
    )
    assert view.arrays["step"].min() >= first
    assert view.arrays["step"].max() < first + steps
    figure = drawn(subject, view, mark=first + 2)["figure"]
    assert figure["data"][0]["x0"] == first + 1
    assert figure["layout"]["xaxis"]["tickvals"][0] == first + 1
    # a mark in the other part moves to the nearest step of this one
    away = seen(subject, "traces", capture=name, mark=0 if first else S + 3)
    assert away.notes["mark"] == (first if first else S - 1)


def test_heads_stand_at_their_places_in_the_window(subject: Subject) -> None:
    view = seen(subject, "heads")
    A = view.arrays["attention"]
    assert A.shape == (6, 2, S + L, S + L)
    recorder = Recorder()
    x, _ = probe_window(subject.data)
    with torch.no_grad():
        subject.model(x, recorder)
    recorded = recorder.values()
    for k, here in enumerate(view.notes["maps"]):
        place = ("cross", "decoder", "encoder")[k % 3]
        rows, columns = slice(*here["rows"]), slice(*here["columns"])
        expected = recorded[f"layer_{here['layer']}.{place}.attention"][0].numpy()
        np.testing.assert_allclose(A[k][:, rows, columns], expected, atol=1e-6)
        assert A[k].sum() == pytest.approx(expected.sum(), rel=1e-5)
        crossing = place == "cross"
        assert np.isnan(view.arrays["badges"][k, :, :4]).all() == crossing
        assert np.isfinite(view.arrays["badges"][k, :, 4]).all()
    assert view.notes["residual"] < 1e-5
    assert view.notes["above"] == 0  # of the decoder's alone
    one = drawn(subject, seen(subject, "heads", layer="0", head="1"))
    assert one["figure"]["layout"]["xaxis"]["range"] == [0.5, S + 0.5]
    assert one["figure"]["layout"]["yaxis"]["range"] == [S + L + 0.5, S + 0.5]
    assert one["reading"].startswith("Cross-attention · Layer 1, head 2: entropy")


def test_influence_has_a_row_per_prediction_that_counts(subject: Subject) -> None:
    view = seen(subject, "influence")
    _, y = probe_window(subject.data)
    counted = (y[0] != IGNORED).numpy()
    rows = np.isfinite(view.arrays["norms"]).all(1)
    assert not rows[:S].any()
    np.testing.assert_array_equal(rows[S:], counted)
    assert view.notes["residual"] == 0


def test_gradients_go_back_through_both_halves(subject: Subject) -> None:
    view = seen(subject, "gradients")
    _, y = probe_window(subject.data)
    length = int((y[0] != IGNORED).sum())
    for name, norms in zip(view.notes["layers"], view.arrays["norms"], strict=True):
        assert norms.shape == (S + length,)
        inside = np.isfinite(norms)
        decoder = ".decoder." in name
        np.testing.assert_array_equal(inside[:S], not decoder)
        np.testing.assert_array_equal(inside[S:], decoder)
        assert np.nansum(norms) > 0


def test_a_change_shows_the_translation_before_and_after(subject: Subject) -> None:
    capture = "layer_1.cross.attention"
    view = seen(subject, "change", what="mute", capture=capture, head=1)
    assert view.arrays["each"].shape == (2, L)
    assert view.notes["first"] == S
    assert view.notes["labels"] == window(subject)[1]
    assert len(view.notes["written"]) == 2
    hidden = "layer_0.encoder.hidden"
    late = seen(subject, "change", what="freeze", capture=hidden, first=S + 2)
    assert late.arrays["loss"][0] == late.arrays["loss"][1]


def test_an_own_pair_is_a_source_and_what_is_written_of_it(subject: Subject) -> None:
    view = seen(subject, "inside")  # the shape of a window
    assert view.arrays["values"].shape == (L, S)
    own = seen(subject, "heads", text="abcd▷dc")
    assert own.notes["labels"] == [*"abcd", *"␀␀␀", "▷", "d", "c"]
    for text, match in (
        ("▷ab", "at least one token"),
        ("abc1d", "vocabulary of this run has no “1”"),
        ("abcdeabc", "reads at most 7 tokens, but got 8"),
        ("ab▷" + "abc" * 4, "reads at most 7 tokens, but got 12"),
    ):
        with pytest.raises(ExplorerError, match=match):
            seen(subject, "heads", text=text)


def test_each_half_of_a_layer_is_healthy_by_itself(subject: Subject) -> None:
    view = seen(subject, "health")
    assert view.arrays["dead"].shape == view.arrays["saturated"].shape == (4,)
