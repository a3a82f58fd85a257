"""A process that trains keeps its memory, where its C library can be told so."""

import ctypes
import platform
import subprocess
import sys

import pytest
import torch

from explorer.training import process


def test_one_thread_computes_and_memory_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, int]] = []

    class Library:
        @staticmethod
        def mallopt(of: int, value: int) -> int:
            told.append((of, value))
            return 1

    monkeypatch.setattr(process, "keep_memory", process.keep_memory.__wrapped__)
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    process.settle()
    assert torch.get_num_threads() == 1
    assert told == [(-1, 2**30), (-3, 2**30)]


@pytest.mark.parametrize("library", ["has no such function", "cannot be opened"])
def test_another_library_is_left_as_it_is(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(name: None) -> object:
        if library == "cannot be opened":
            raise OSError(library)
        return object()

    monkeypatch.setattr(ctypes, "CDLL", opened)
    assert process.keep_memory.__wrapped__() is False


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's own")
def test_glibc_is_told() -> None:
    assert process.keep_memory() is True


STEP_OF_EACH = """
import sys
from explorer.catalog import choosing, specs
from explorer.inspection.base import Request, Subject, look, views_of
from explorer.training.trainer import Budget, Trainer

pairs = [(m.name, data) for data in specs.datasets() for m in specs.fitting(data)]
looked = set()
for model, data in dict(reversed(pairs)).items():
    trainer = Trainer(choosing.make_config(data, model))
    trainer.advance(Budget(steps=1))
    assert "torch._dynamo" not in sys.modules, model
    for view in views_of(specs.resolve(trainer.config)):
        if view.name not in looked:
            looked.add(view.name)
            look(Subject.of(trainer), Request(view.name))
            assert "torch._dynamo" not in sys.modules, view.name
"""


def test_who_trains_or_looks_does_not_import_pytorchs_compiler() -> None:
    """It takes 1.5 s and 70 MB of every worker."""
    subprocess.run([sys.executable, "-c", STEP_OF_EACH], check=True)
