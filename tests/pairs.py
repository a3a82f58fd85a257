"""Every model with every dataset that it can learn, and a few that show each once."""

from collections import Counter

import pytest

from explorer.catalog import specs

EVERY = [
    (model.name, data.name)
    for data in specs.datasets().values()
    if data.offered
    for model in specs.fitting(data.name)
]
"""(model, data)."""


def _few() -> set[tuple[str, str]]:
    """Pairs in which every model and every dataset comes at least once."""
    chosen = [(model, specs.usual_data(model)) for model in specs.models()]
    for data in dict.fromkeys(data for _, data in EVERY):
        if data not in {shown for _, shown in chosen}:
            times = Counter(model for model, _ in chosen)
            fitting = (pair for pair in EVERY if pair[1] == data)
            chosen.append(min(fitting, key=lambda pair: times[pair[0]]))
    return set(chosen)


FEW = _few()
MARKS = [() if pair in FEW else pytest.mark.slow for pair in EVERY]
"""Training or drawing all of them takes minutes."""

AS_ONE = [pytest.param(p, marks=m) for p, m in zip(EVERY, MARKS, strict=True)]
AS_TWO = [pytest.param(*p, marks=m) for p, m in zip(EVERY, MARKS, strict=True)]
