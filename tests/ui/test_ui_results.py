"""What came out of a class, as a table and on paper."""

import csv
import io

import pytest

from explorer.engine.class_tasks import add_task, tasks_of
from explorer.engine.service import engine
from explorer.lessons.base import lesson
from explorer.plots.words import Translate
from explorer.runs.records import Group
from explorer.ui.classes.results import HEADS, Result, as_csv, as_page, results
from explorer.ui.classes.tasks import of_lesson
from explorer.ui.language import translator
from tests.ui.classroom import ANN, BOB, TEACHER, joined, made, trained
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]

EVIL = ("=1+1", "+cmd", "-x", "@sum")


def computed(home: Group, anonymous: bool = False, _: Translate = str) -> list[Result]:
    store = engine().store
    return results(store, home, tasks_of(store, home), anonymous, _)


def test_each_is_computed_from_the_stored_runs() -> None:
    home = joined(made(open=("model", "model.hidden_size", "seed")))
    task = of_lesson(lesson("first_loss"), "First loss")
    group = add_task(engine().store, home, task)
    engine().store.guesses.put(group.id, ANN, 4.0)
    trained(home, ANN, 1.0, 0.2, 0.04)
    trained(home, ANN, 1.0, 0.3)
    found = computed(home)
    assert found[0] == Result(
        "Ann", "1. Waves", None, 0.04, 30, "GRU", 8, 1, 0.01, "Seed 0", 1.0, 20
    )
    assert found[1] == Result("Bob", "1. Waves")
    title = "2. What is a sequence model's first loss?"
    assert found[2:] == [Result("Ann", title, "4 nats"), Result("Bob", title)]
    assert [one.nickname for one in computed(home, anonymous=True)[:2]] == [
        "Student 1",
        "Student 2",
    ]


def test_in_chinese_settings_are_parted_as_chinese_is() -> None:
    home = joined(made(open=("training.batch_size", "seed")))
    trained(home, ANN, 1.0, 0.04)
    told = computed(home, _=translator("zh"))[0].settings
    assert told == "批大小 32；随机种子 0"


def test_where_nothing_else_is_open_paper_says_so() -> None:
    home = joined(made())
    trained(home, ANN, 1.0, 0.04)
    (one, _bob) = computed(home)
    assert one.settings is None
    assert "<td><bdi></bdi></td>" not in as_page("Waves", [one], str)


def test_no_cell_of_the_table_is_a_formula() -> None:
    home = joined(made(), *((f"{name}-key", name) for name in EVIL))
    trained(home, "=1+1-key", 1.0, 0.04)
    rows = list(csv.reader(io.StringIO(as_csv("=A1", computed(home), str))))
    assert rows[0] == ["Class", *HEADS]
    assert [row[:2] for row in rows[1:]] == [["'=A1", f"'{name}"] for name in EVIL]
    assert rows[1][4:6] == ["0.04", "20"]
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_holds_what_was_typed_as_words(language: str) -> None:
    home = joined(made(), (ANN, "<b>A</b>"))
    made_page = as_page("<script>", computed(home), translator(language))
    assert "<script>" not in made_page
    assert "&lt;b&gt;A&lt;/b&gt;" in made_page
    assert translator(language)("Best loss") in made_page
    assert made_page.count("<tr>") == 2


def test_both_are_offered_to_the_teacher_alone() -> None:
    home = joined(made())
    keys = {"results.csv", "results.html"}
    for owner, there in ((TEACHER, keys), (BOB, set())):
        test = page("class_room", owner=owner, **{"class": home.id})
        assert {b.key for b in test.get("download_button")} & keys == there
