"""Many short texts, all cut into tokens of the one kind that suits them."""

from collections.abc import Sequence
from typing import Any, Literal

from explorer.config.settings import setting
from explorer.data.tokens import TOKEN_CHOICES, WORD, is_unspaced, words
from explorer.errors import N_

AnyTokens = Literal["auto", "character", "word"]

MIXED = 0.2
"""A share of texts without spaces from which all are cut into characters: the targets
of pairs may be in another script than the sources."""

FEW_WORDS = 2.5
"""Words of a text, below which its characters say more."""


def any_tokens_field() -> Any:
    """The same for many short texts, which tell by themselves what suits them."""
    return setting(
        "auto",
        N_(
            "What a model reads and writes one at a time. By itself: words where texts "
            "have some and spaces between them, else characters. Rare words become "
            "<unk>."
        ),
        title=N_("Tokens"),
        choices={
            "auto": N_("by itself"),
            **{n: TOKEN_CHOICES[n] for n in ("character", "word")},
        },
    )


def cut_alike(texts: Sequence[str], tokens: AnyTokens) -> tuple[list[list[str]], str]:
    """Every text in tokens of one kind, and what stands between them.

    >>> cut_alike(["The fox saw it.", "Foxes see much"], "auto")[0][0]
    ['the', 'fox', 'saw', 'it', '.']
    >>> cut_alike(["狐狸看见了", "它"], "auto")
    ([['狐', '狸', '看', '见', '了'], ['它']], '')
    >>> cut_alike(["the dog sees the fox", "狗看见狐狸"], "auto")[0][1]
    ['狗', '看', '见', '狐', '狸']

    Raises:
        ExplorerError: if words are asked for in a script without spaces between them.
    """
    whole = "\n".join(texts)
    without = [text for text in texts if is_unspaced(text)]
    if len(without) <= MIXED * len(texts):
        without = [whole]
    if tokens == "auto":
        spaced = not is_unspaced("\n".join(without))
        several = len(whole.split()) >= FEW_WORDS * len(texts)
        tokens = "word" if spaced and several else "character"
    if tokens == "character":
        return [list(" ".join(text.split())) for text in texts], ""
    words("\n".join(without))  # refuses a script without spaces
    return [WORD.findall(" ".join(text.split()).lower()) for text in texts], " "
