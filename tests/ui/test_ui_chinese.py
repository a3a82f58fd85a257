"""How the Chinese catalogue is written: its punctuation, numbers and terms."""

import re

import pytest

from explorer.lessons import texts
from explorer.lessons.base import lessons
from explorer.plots.words import clauses, listed, paragraph, percent
from explorer.ui.language import messages, translator
from explorer.ui.lessons.listed import progress_line

pytestmark = pytest.mark.quick

HAN = "[\u4e00-\u9fff]"
FAULTS = {
    "a space before a percent sign": r"[\w)）>] +%%?(?![(sd])",
    "a half-width mark after Chinese": HAN + r"[,:;!?()]",
    "a half-width mark before Chinese": r"[,:;!?()](?<!%\()" + HAN,
    "a half-width full stop after Chinese": HAN + r"\.(?!\w)",
    "straight quotation marks around Chinese": rf"['\"]{HAN}|{HAN}['\"]",
    "half an ellipsis": HAN + r" ?…(?!…)",
    "a space after a full-width mark": r"[，。！？：；、）”] +(?!%)",
    "one letter three times": rf"({HAN})\1\1",
    "a unit that may stand alone on a line": r"\)[sd.\d]*[.\d]*[fds]? 秒$",
    "a space before a full-width mark": r" +[，。！？：；、（“]",
}
TERMS = {
    "隐藏大小": "隐藏单元数",
    "隐藏层大小": "隐藏单元数",
    "隐藏状态": "隐状态",
    "积分榜": "排行榜",
    "自有数据": "自己的数据",
    "教师强制": "强制教学",
    "意外程度": "惊异度",
    "看向": "注意",
    "已写词元": "已生成的词元",
    "读取器": "循环网络",
    "均值回复": "均值回归",
    "在左侧": "在上方",
    "侧边栏": "上方的设置",
    "技能分": "技巧评分",
}
"""What is not said, and what is said instead."""


@pytest.mark.parametrize("fault", FAULTS)
def test_the_typography_is_chinese(fault: str) -> None:
    rule = re.compile(FAULTS[fault])
    texts = messages("zh").values()
    assert [text for text in texts if rule.search(text)] == []


@pytest.mark.parametrize("name", lessons())
def test_a_lesson_has_no_blank_after_a_full_width_mark(name: str) -> None:
    for part in texts.read(name, "zh"):
        assert not re.search(r"[，。！？：；、）”]\s\*{0,2}" + HAN, part), part


@pytest.mark.parametrize("term", TERMS)
def test_one_word_for_one_thing(term: str) -> None:
    assert [text for text in messages("zh").values() if term in text] == [], TERMS[term]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Training", "Training settings"),
        ("Source", "Source code"),
        ("Trials", "Number of trials"),
        ("Candidate memory", "Candidate state"),
        ("Training", "Train"),
    ],
)
def test_what_means_two_things_has_two_names(one: str, other: str) -> None:
    _ = translator("zh")
    assert _(one) != _(other)


def test_numbers_lists_and_sentences_are_put_together_as_chinese_is() -> None:
    _ = translator("zh")
    assert percent("4", _) == "4%"
    assert listed(["甲", "乙"], _) == "甲、乙"
    assert clauses(["批大小 32", "随机种子 0"], _) == "批大小 32；随机种子 0"
    assert paragraph("第 600 步的留出部分：", "准确率 91%。", "好。") == (
        "第 600 步的留出部分：准确率 91%。好。"
    )
    assert "。 " not in progress_line([], _)
