"""Runs in words: a value that its widget shows as words is said in the same words."""

import pytest

from explorer.catalog import choosing
from explorer.ui.describe import changes_line, data_line, settings_line
from explorer.ui.language import translator

pytestmark = pytest.mark.quick


def test_values_are_said_as_their_widgets_show_them() -> None:
    before = choosing.make_config("sine", "lstm", {"data.shape": "single"})
    after = choosing.make_config("sine", "lstm", {"data.shape": "chirp"})
    assert changes_line(before, after, str) == "Shape one sine → gliding frequency"
    assert (
        changes_line(before, after, translator("zh")) == "形状 单一正弦 → 扫频（chirp）"
    )
    for line in (data_line, settings_line):
        assert "形状 单一正弦" in line(before, translator("zh"))
        assert "single" not in line(before, translator("zh"))
