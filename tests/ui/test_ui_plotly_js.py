"""Which plotly.js browsers get, and that it draws all that there is to draw."""

import ast
import io
import tarfile
from pathlib import Path

import pytest

from explorer.ui.plotly_js import TRACES, WHOLE, sent, version
from scripts import get_plotly

ROOT = Path(__file__).parents[2]
OTHERS = {
    *("category", "linear", "log"),  # of axes
    *("circle", "line", "path", "rect"),  # of shapes
}


def test_charts_are_made_of_what_the_part_has() -> None:
    found = set()
    for file in (ROOT / "explorer/plots").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "type":
                        found |= _words(value)
    assert found - OTHERS == TRACES


def _words(value: ast.expr) -> set[str]:
    """What a value may be: its texts, where it chooses among some."""
    texts = (n.value for n in ast.walk(value) if isinstance(n, ast.Constant))
    return {text for text in texts if isinstance(text, str)}


def test_the_part_is_of_the_version_that_is_installed() -> None:
    assert version(WHOLE) == get_plotly.VERSION


def test_a_part_of_another_version_is_not_sent(tmp_path: Path) -> None:
    part = tmp_path / "plotly-cartesian.min.js"
    assert sent(part) == WHOLE
    for number, script in (("0.1", WHOLE), (version(WHOLE), part)):
        part.write_text(f"/**\n* plotly.js (cartesian - minified) v{number}\n*/\n")
        assert sent(part) == script


@pytest.mark.parametrize("fit", [True, False])
def test_only_what_has_the_right_hash_is_kept(
    fit: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    package = tmp_path / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name in ("LICENSE", "plotly-cartesian.min.js"):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
    monkeypatch.setattr(get_plotly, "WHERE", package.as_uri())
    monkeypatch.setattr(get_plotly.sys, "prefix", str(tmp_path))
    if fit:
        monkeypatch.setattr(
            get_plotly, "SHA512", get_plotly.hash_of(package.read_bytes())
        )
    get_plotly.main()
    kept = sorted(file.name for file in tmp_path.glob("share/plotly/*"))
    assert kept == (["LICENSE", "plotly-cartesian.min.js"] if fit else [])
    assert ("The app works without" in capsys.readouterr().err) != fit


def test_where_the_registry_is_out_of_reach_the_app_works_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(get_plotly, "WHERE", (tmp_path / "nothing").as_uri())
    monkeypatch.setattr(get_plotly.sys, "prefix", str(tmp_path))
    get_plotly.main()
    assert "The app works without" in capsys.readouterr().err
    assert not (tmp_path / "share").exists()
