"""How well a model does on the held-out part, in the field's usual measures.

forecast: MAE and RMSE in standardised units, R^2, and the skill against the best simple
guess, 1 - MSE / MSE(guess); R^2 is undefined (NaN) where the held-out part does not
move, the skill where the guess is never wrong; pinball loss and CRPS, see `scores`.
next_token: accuracy (of what must be recalled, where other answers are easy),
perplexity exp(CE), bits per token, and of writing bits per byte, CE / (ln 2 x bytes of
a counted token), whatever is a token.
classify and tag: accuracy; precision, recall and F1 per label, averaged over the labels
(macro); of sums on a clock also the accuracy on training windows; where tags name
entities, the F1 of whole ones, as seqeval computes it (micro).
transcribe: label error rate, edits per true label, and the share of sequences without
an error, both of the likeliest symbol of every step. translate, of what the model
writes by itself (greedily): the share of translations without a mistake, the share of
right tokens, and BLEU. generate: see `generating`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import sacrebleu
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.base import Data, Task
from explorer.data.entities import compared
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.models.base import AdversarialModel, SequenceModel
from explorer.models.forecast_heads import by_series
from explorer.tasks import END, IGNORED
from explorer.training import transcribing
from explorer.training.decoding import greedy
from explorer.training.generating import made, measured
from explorer.training.intervals import banded
from explorer.training.objectives import objective, point_forecast, tensors
from explorer.training.proper import scores_of_head
from explorer.training.ratios import ratio


class Judged(NamedTuple):
    """What a held-out part says of a model."""

    loss: float
    measures: Mapping[str, float]


Measuring = Callable[[SequenceModel, Data, Tensor, Tensor], dict[str, float]]
"""(model, data, output of the held-out x, y) -> measures by name."""


@torch.no_grad()
def judge(model: SequenceModel, data: Data) -> Judged:
    """The held-out loss and the task's measures, from one pass; dropout is off."""
    was_training = model.training
    model.eval()
    x, y = tensors(data.validation)
    output = model(x)
    loss = float(objective(data)(output, y))
    measures = MEASURING[data.task](model, data, output, y)
    model.train(was_training)
    return Judged(loss, measures)


def metrics(model: SequenceModel, data: Data) -> Mapping[str, float]:
    """The measures alone."""
    return judge(model, data).measures


def forecast(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """MAE, RMSE, R^2 and skill over the counted positions, and `scores`."""
    scored = scores(model, data, output, y)
    output, y = objective(data).counted(point_forecast(output, y), y)
    if data.gaps:
        known = ~y.isnan()
        output, y = output[known], y[known]
    mse, size = float(F.mse_loss(output, y)), data.spread**2
    found = {
        "mae": float((output - y).abs().mean()),
        "rmse": math.sqrt(mse),
        "r2": 1 - ratio(mse, float(y.double().var(correction=0)), size),
    }
    if data.baselines:
        found["best_skill"] = 1 - ratio(mse, min(data.baselines.values()), size)
    return found | scored


def scores(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """CRPS and pinball loss, the mean over the series, by the last answers of the
    second half of the windows: of the head's distribution, else of the answer plus the
    misses of the first half; of a Gaussian also the negative log-likelihood, over the
    counted positions."""
    half, head = len(y) // 2, model.tells
    if head == "point":
        misses = (y - output)[:, -1].double().numpy()  # (N, O)
        return mean_of([banded(each[:half], each[half:]) for each in misses.T])
    each_head = by_series(output[half:, -1], y.shape[-1])  # (N, O, K)
    pairs = zip(each_head.unbind(1), y[half:, -1].unbind(1), strict=True)
    found = mean_of([scores_of_head(head, numbers, came) for numbers, came in pairs])
    if head == "gaussian":
        found["nll"] = float(objective(data).of_head(head, output, y))
    return found


def mean_of(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each number; NaN, for undefined, where one is."""
    return {name: sum(each[name] for each in found) / len(found) for name in found[0]}


def next_token(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Perplexity, bits per token and byte, and accuracy over the counted positions; the
    accuracy of what must be recalled, where that is a part of them."""
    right = (output.argmax(-1) == y).float()
    output, y = objective(data).counted(output, y)
    loss = float(F.cross_entropy(output.flatten(0, 1), y.flatten()))
    found = {
        "perplexity": math.exp(min(loss, 700.0)),
        "bits_per_token": loss / math.log(2),
    }
    if data.bytes_per_token is not None:
        found["bits_per_byte"] = found["bits_per_token"] / data.bytes_per_token
    if data.recalled_from is not None:
        return found | {"recalled": float(right[:, data.recalled_from :].mean())}
    return found | {"accuracy": float(right[:, data.counted_from :].mean())}


def confusion(predicted: Tensor, truth: Tensor, n_labels: int) -> Tensor:
    """Counts (C, C): row the truth, column what was said; `IGNORED` truths left out."""
    counted = truth != IGNORED
    pairs = truth[counted] * n_labels + predicted[counted]
    return torch.bincount(pairs, minlength=n_labels**2).view(n_labels, n_labels)


def labelled(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Accuracy and macro-averaged precision, recall and F1.

    A label that is never said has precision 0, one that never occurs recall 0; labels
    that neither occur nor are said are left out of the averages.
    """
    counts = confusion(output.argmax(-1).flatten(), y.flatten(), len(data.labels))
    found = measures_of(counts)
    if data.modulus:
        found["trained_accuracy"] = trained_accuracy(model, data)
    return found


def trained_accuracy(model: SequenceModel, data: Data) -> float:
    """How many of the first `MAX_VALIDATION_WINDOWS` training windows get their label:
    data with a modulus has these in random order."""
    x, y = tensors(Windows(*(part[:MAX_VALIDATION_WINDOWS] for part in data.train)))
    return float((model(x).argmax(-1) == y).float().mean())


def measures_of(counts: Tensor) -> dict[str, float]:
    """Accuracy, precision, recall and F1 (macro) of a confusion matrix (C, C)."""
    right, truths, answers = counts.diag(), counts.sum(1), counts.sum(0)
    there = (truths + answers) > 0
    right, truths, answers = right[there], truths[there], answers[there]
    return {
        "accuracy": float(right.sum() / counts.sum()),
        "precision": float((right / answers.clamp(min=1)).mean()),
        "recall": float((right / truths.clamp(min=1)).mean()),
        "f1": float((2 * right / (truths + answers)).mean()),
    }


def tagged(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """The same of every step; of entities, the F1 of whole ones."""
    found = labelled(model, data, output, y)
    if not data.names_entities:
        return found
    truths, answers = (
        [
            [data.labels[k] for k in row[there].tolist()]
            for row, there in zip(part, y != IGNORED, strict=True)
        ]
        for part in (y, output.argmax(-1))
    )
    return found | {"entity_f1": compared(truths, answers).f1}


def transcribe(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Label error rate (edits / true labels) and exact match."""
    truths = [[k for k in row if k != IGNORED] for row in y.tolist()]
    answers = transcribing.greedy(output)
    wrong = [transcribing.edits(s, t) for s, t in zip(answers, truths, strict=True)]
    return {
        "label_error_rate": sum(wrong) / sum(map(len, truths)),
        "exact_match": sum(count == 0 for count in wrong) / len(wrong),
    }


MOST_WRITTEN = 64
"""Held-out sources that are translated, evenly spread: each takes a pass per token."""


def translate(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """Exact match, token accuracy and BLEU of greedy translations.

    A token is right where it is the target's at its place, the end included. BLEU
    (Papineni et al., 2002, https://aclanthology.org/P02-1040) is sacrebleu's, over all
    translations, from 0 to 100, with exponential smoothing. It compares runs of
    characters (`tokenize="char"`): dates, letters and Chinese numerals have no words
    between spaces, so that the usual 13a tokens would compare whole answers.
    """
    x, _ = tensors(data.validation)
    rows = torch.linspace(0, len(x) - 1, min(len(x), MOST_WRITTEN)).long()
    y = y[rows]
    written = greedy(model, x[rows, : data.source], y.shape[1])  # (N, L)
    counted = y != IGNORED
    right = (written == y) & counted
    answers = [spelled(data, row) for row in written.tolist()]
    truth = [spelled(data, row) for row in y.tolist()]
    return {
        "exact_match": float((right | ~counted).all(1).float().mean()),
        "token_accuracy": float(right.sum() / counted.sum()),
        "bleu": bleu(answers, truth),
    }


def spelled(data: Data, tokens: list[int]) -> str:
    """The text of a translation, up to its end."""
    end = tokens.index(END) if END in tokens else len(tokens)
    kept = [t for t in tokens[:end] if t != IGNORED]
    return data.joiner.join(data.symbols[t] for t in kept)


def bleu(candidates: list[str], truth: list[str]) -> float:
    """BLEU of texts against one truth each, by characters, 0..100."""
    return float(sacrebleu.corpus_bleu(candidates, [truth], tokenize="char").score)


def generated(
    model: SequenceModel, data: Data, output: Tensor, y: Tensor
) -> dict[str, float]:
    """How like the held-out windows generated ones are; `output` judges the former."""
    assert isinstance(model, AdversarialModel)
    fake = made(model, len(y), y.shape[1], 0)
    return measured(data, y, fake, output, model(fake))


MEASURING: Mapping[Task, Measuring] = {
    "forecast": forecast,
    "next_token": next_token,
    "classify": labelled,
    "tag": tagged,
    "transcribe": transcribe,
    "translate": translate,
    "generate": generated,
}
