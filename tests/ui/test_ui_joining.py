"""Into a class by a code that is dictated."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.engine.guessing import MOST_OF_ONE, Guessing
from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from tests.ui.classroom import ANN, TEACHER, joined, made, said, tables
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers", "new_board"), *QUIET]


@pytest.fixture(autouse=True)
def no_guesses_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine(), "guessing", Guessing())


def entered(code: str) -> AppTest:
    """A stranger's page Class after they typed this."""
    test = page("class_room", owner=ANN)
    test.text_input(key="class.code").set_value(code)
    test.button(key="enter_class").click().run()
    assert not test.exception
    return test


def test_a_code_leads_to_the_class() -> None:
    group = made()
    code = engine().store.passes.code(group.id, "join")
    test = entered(f" {code[:2]} {code[2:].lower()}")
    assert test.query_params["class"] == group.id
    assert test.title[0].value == "Waves"
    assert test.button(key="join_class").label == "Join"


@pytest.mark.parametrize("code", ["", "WRONG", "<b>", "\0" * 9])
def test_a_code_that_is_none_is_refused(code: str) -> None:
    test = entered(code)
    assert "letters and digits" in test.error[0].value
    assert "class" not in test.query_params


def test_who_guesses_codes_is_told_to_wait() -> None:
    code = engine().store.passes.code(made().id, "join")
    for k in range(MOST_OF_ONE):
        with pytest.raises(ExplorerError, match="opens none"):
            Visitor(engine(), ANN).classes.find_code(f"WRONG{k}")
    test = entered(code)
    assert "or open the class by its link" in test.error[0].value
    assert "class" not in test.query_params
    show = page("class_room", owner=ANN, key=code)
    assert "or open the class by its link" in show.error[0].value


def test_the_way_in_is_large_until_somebody_has_come() -> None:
    group = made()
    code = engine().store.passes.code(group.id, "join")
    test = page("class_room", owner=TEACHER, **{"class": group.id})
    assert f"<p class='sx-code'>{code}</p>" in tables(test)
    assert "data:image/svg+xml" in tables(test)
    test.button(key="large_qr").click().run()
    assert not test.exception
    assert tables(test).count(f"<p class='sx-code'>{code}</p>") == 2
    joined(group)
    test.run()
    assert f"<p class='sx-code small'>{code}</p>" in tables(test)
    assert "data:image/svg+xml" not in tables(test)
    assert "Code to join:" in said(test)
    test.button(key="large_qr").click().run()
    assert "data:image/svg+xml" in tables(test)
