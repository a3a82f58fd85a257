"""What is said of a translation, against the model asked by hand."""

import json

import numpy as np
import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.errors import ExplorerError
from explorer.inspection.base import Request, Subject, look
from explorer.inspection.writing import cross_maps
from explorer.models.captures import Recorder
from explorer.plots.translation.beam import placed
from explorer.tasks import BEGIN, END, FILLED
from explorer.training.changed import Changed
from explorer.training.changes import Change, checked
from explorer.training.decoding import beam, greedy
from tests.inspection.subjects import drawn, seen, subject_of

MODELS = [m.name for m in specs.fitting("reverse")]
every_model = pytest.mark.parametrize("model", MODELS)
SIZE = {"model__hidden_size": 16, "training__batch_size": 16}


def reversing(model: str = "seq2seq", **more) -> Subject:
    short = {"data__shortest": 3, "data__longest": 5, "data__symbols": 6}
    return subject_of(model, "reverse", steps=30, **short, **SIZE, **more)


def ids(subject: Subject, text: str) -> torch.Tensor:
    known = {s: k for k, s in enumerate(subject.data.symbols)}
    tokens = [known[c] for c in text]
    spare = [FILLED] * (subject.data.source - len(tokens))
    return torch.tensor([[*tokens, *spare]])


def by_hand(model, subject: Subject, text: str) -> list[int]:
    """The likeliest token each time, a pass per token."""
    tokens: list[int] = []
    model.eval()
    with torch.no_grad():
        while len(tokens) < subject.data.steps - subject.data.source:
            x = torch.cat([ids(subject, text), torch.tensor([[BEGIN, *tokens]])], 1)
            tokens.append(int(model(x)[0, -1].argmax()))
            if tokens[-1] == END:
                break
    return tokens


@every_model
@pytest.mark.parametrize("mark", [0, 2, 99])
def test_the_chances_are_those_of_the_next_token(model: str, mark: int) -> None:
    subject = reversing(model)
    view = seen(subject, "writing", text="abcd", mark=mark)
    tokens = by_hand(subject.model, subject, "abcd")
    t = min(mark, len(tokens) - 1)
    assert view.notes["t"] == t
    assert view.notes["written"] == [subject.data.symbols[k] for k in tokens]
    x = torch.cat([ids(subject, "abcd"), torch.tensor([[BEGIN, *tokens[:t]]])], 1)
    recorder = Recorder()
    with torch.no_grad():
        chances = subject.model(x, recorder)[0, -1].softmax(-1)
    first = subject.data.symbols.index(view.notes["tokens"][0])
    assert first == tokens[t]
    np.testing.assert_allclose(
        view.arrays["probabilities"][0], chances.max(), atol=1e-6
    )
    rows = [
        recorder.values()[c.name][0, :, -1]
        for c in cross_maps(specs.resolve(subject.config))
    ]
    expected = torch.cat(rows).mean(0)[:4]
    np.testing.assert_allclose(view.arrays["attention"], expected, atol=1e-6)


@every_model
def test_the_map_is_a_row_per_written_token(model: str) -> None:
    subject = reversing(model)
    view = seen(subject, "alignment", text="abcd")
    attention = view.arrays["attention"]
    assert attention.shape == (len(view.notes["written"]), 4)
    np.testing.assert_allclose(attention.sum(1), 1, atol=1e-6)
    for t in range(len(attention)):
        row = seen(subject, "writing", text="abcd", mark=t).arrays["attention"]
        np.testing.assert_allclose(attention[t], row, atol=1e-6)
    content = drawn(subject, seen(subject, "alignment", text="abcd", mark=1))
    shown = np.asarray(content["figure"]["data"][0]["z"])
    assert np.isfinite(shown[:2]).all()
    assert np.isnan(shown[2:]).all()


def test_without_attention_there_is_no_map_to_look_at() -> None:
    subject = reversing(model__attention="none")
    assert "attention" not in seen(subject, "writing").arrays
    with pytest.raises(ExplorerError, match="'alignment' has nothing to show"):
        seen(subject, "alignment")


@pytest.mark.parametrize(
    ("view", "options", "message"),
    [
        (
            "writing",
            {"text": "ab?xB"},
            "has no “\\?”, “x”, “B”. .* made of: a b c d e f",
        ),
        ("beam", {"text": "abcdef"}, "at most 5 tokens, but got 6"),
        ("writing", {"example": 4000}, "held-out windows"),
        ("alignment", {"map": "layer_7.cross.attention:1"}, "Unknown attention head"),
        ("aim", {"text": "abc", "at": "4"}, "from 1 to 3"),
        ("aim", {"text": "abc", "position": 99}, "Choose one up to"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(view, options, message) -> None:
    with pytest.raises(ExplorerError, match=message) as raised:
        seen(reversing(), view, **options)
    assert "\n" not in str(raised.value)


def test_the_special_symbols_cannot_be_typed() -> None:
    with pytest.raises(ExplorerError, match="has no “■”"):
        seen(reversing(), "writing", text="ab■")


@pytest.mark.parametrize("ranking", ["sum", "mean"])
def test_the_drawn_tree_is_the_searched_one(ranking: str) -> None:
    subject = reversing()
    view = seen(subject, "beam", text="abc", width=2, ranking=ranking)
    length = subject.data.steps - subject.data.source
    found = beam(subject.model, ids(subject, "abc"), length, 2, ranking == "mean")
    assert view.arrays["token"].tolist() == [n.token for n in found.nodes]
    assert np.flatnonzero(view.arrays["best"]).tolist() == list(found.best)
    plain = greedy(subject.model, ids(subject, "abc"), length)[0].tolist()
    end = plain.index(END) if END in plain else len(plain)
    said = "".join(subject.data.symbols[k] for k in plain[:end] if k != FILLED)
    assert view.notes["greedy"] == said


def test_no_two_edges_of_a_tree_cross() -> None:
    generator = np.random.default_rng(0)
    parent, score, level = [-1] * 3, list(generator.normal(size=3)), [0, 1, 2]
    for _step in range(4):
        grown = []
        for k in generator.permutation(level)[:3]:
            for _child in range(3):
                grown.append(len(parent))
                parent.append(int(k))
                score.append(float(generator.normal()))
        level = grown
    tree = placed(np.array(parent), np.array(score))
    for step in range(1, 6):
        here = np.flatnonzero(tree.step == step)
        heights = tree.height[here]
        assert len(set(heights)) == len(here)
        starts = np.array(
            [tree.height[parent[k]] if parent[k] >= 0 else 0 for k in here]
        )
        order = np.argsort(heights)
        assert (np.diff(starts[order]) >= 0).all()


@every_model
def test_a_row_that_is_aimed_looks_there_and_only_later_tokens_change(model) -> None:
    subject = reversing(model)
    for t in range(len(by_hand(subject.model, subject, "abcd"))):
        view = seen(subject, "aim", text="abcd", position=t + 1, at="2, 4")
        before, after = view.notes["written"]
        assert before == [
            subject.data.symbols[k] for k in by_hand(subject.model, subject, "abcd")
        ]
        assert before[:t] == after[:t]
        assert view.arrays["row"][1].tolist() == [0, 0.5, 0, 0.5]
        resolved = specs.resolve(subject.config)
        changes = [
            Change(what="aim", capture=c.name, units="2,4", first=t + 1, last=t + 1)
            for c in cross_maps(resolved)
        ]
        changed = Changed(subject.model, changes)
        said = by_hand(changed, subject, "abcd")
        assert after == [subject.data.symbols[k] for k in said]


@every_model
def test_an_aim_changes_one_row_of_one_head(model: str) -> None:
    subject = reversing(model, **({"model__heads": 2} if model != "seq2seq" else {}))
    subject.model.eval()
    (capture,) = cross_maps(specs.resolve(subject.config))
    x = torch.cat([ids(subject, "abcde"), torch.tensor([[BEGIN, 3, 4, 5]])], 1)
    plain, turned = Recorder(), Recorder()
    change = Change(
        what="aim", capture=capture.name, head=1, first=2, last=2, units="3"
    )
    with torch.no_grad():
        subject.model(x, plain)
        Changed(subject.model, [change])(x, turned)
    before, after = (r.values()[capture.name][0] for r in (plain, turned))
    assert after[0, 1].tolist() == [0, 0, 1, 0, 0]
    assert torch.equal(before[0, 0], after[0, 0])
    assert not torch.equal(before[0, 1], after[0, 1])
    assert torch.equal(before[1:], after[1:])


def test_only_what_looks_at_a_source_can_be_aimed() -> None:
    text = specs.resolve(choosing.make_config("fables", "transformer"))
    change = Change(what="aim", capture="layer_0.attention", units="1")
    with pytest.raises(ExplorerError, match="aimed where they look at a source"):
        checked(change, text)


def test_aiming_beyond_the_source_leaves_the_head_as_it_was() -> None:
    subject = reversing()
    change = Change(what="aim", capture="layer_0.cross.attention", units="40")
    x = torch.cat([ids(subject, "abcde"), torch.tensor([[BEGIN, 3]])], 1)
    with torch.no_grad():
        assert torch.equal(
            Changed(subject.model, [change])(x), subject.model(x, Recorder())
        )


def test_a_typed_source_has_no_known_answer() -> None:
    subject = reversing()
    assert seen(subject, "writing", text="abc").notes["truth"] is None
    x = subject.data.validation
    index = len(x.x) // 2
    source = [subject.data.symbols[k] for k in x.x[index, : subject.data.source] if k]
    view = look(subject, Request("writing", json.dumps({})))
    assert view.notes["source"] == source
    assert view.notes["truth"] == "".join(source[::-1])
