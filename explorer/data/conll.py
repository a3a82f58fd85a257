"""Files of tokens and their tags, as the shared tasks of CoNLL have them.

A line is a token with what is known of it, in columns that tabs or blanks part, and an
empty line ends a sentence. CoNLL-2003 has four columns, the last one the entity's tag,
and a line -DOCSTART- before each document. CoNLL-U (https://universaldependencies.org)
has ten, the second one the token and the fourth its part of speech, and comments.
"""

from collections import Counter
from collections.abc import Sequence

from explorer.data.brought import Brought, Columns, named_column, text_of, too_few
from explorer.data.conll_lines import (
    COUNTED,
    TAGS,
    TOKENS,
    Rows,
    filled_lines,
    rows_of,
)
from explorer.data.decoding import named, short
from explorer.data.entities import are_entities, entities, scheme_of
from explorer.errors import N_, ExplorerError, Words

ENDINGS = (".conll", ".conllu", ".conll03", ".iob", ".iob2", ".bio")

DOCUMENT = "-DOCSTART-"
FORM, PART_OF_SPEECH = 1, 3
"""Columns of CoNLL-U."""

MOST_TAGS = 100
"""A tagger answers with a number for each: of more, the column is another one."""

MOST_TOKENS = 500_000
MOST_FIELDS = 100
"""Of a line."""
LONGEST = 200
"""Characters of a token or a tag."""

SHOWN = 3

Sentence = tuple[list[str], list[str]]
"""Its tokens, and their tags."""


def read_tags(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """Sentences of tokens, each with its tag.

    Args:
        given, asked: the columns of the tokens and of the tags, by name or number; ""
            for the usual ones.

    Raises:
        ExplorerError: if it is no such file, or there is no such column.
    """
    text, remarks = text_of(raw, filename, encoding)
    if (lines := filled_lines(text)) > 2 * MOST_TOKENS:
        raise _too_many(lines, filename)  # before all are taken apart
    found = rows_of(text)
    columns = _columns(found, filename, given, asked)
    sentences = _sentences(found, columns, filename)
    tags = Counter(tag for _, labels in sentences for tag in labels)
    _check(sentences, tags, columns, filename)
    different = len({tuple(tokens) for tokens, _ in sentences})
    return Brought(
        "tags",
        filename,
        {"sentences": [[list(each) for each in both] for both in sentences]},
        tuple((tokens, labels) for tokens, labels in sentences[:SHOWN]),
        dict(tags.most_common()),
        (*remarks, _counted(sentences, tags)),
        columns,
        too_few(different, N_("sentences")),
    )


def _columns(found: Rows, filename: str, given: str, asked: str) -> Columns:
    if found.width < 2:
        raise ExplorerError(
            N_(
                "Tags need a token and its tag in each line, parted by a tab or a "
                "blank, and an empty line after each sentence, but the lines of "
                "'%(file)s' have one field. Read it as text, or mend it."
            ),
            file=named(filename),
        )
    if found.width > MOST_FIELDS:
        raise ExplorerError(
            N_(
                "Each line of tags may have %(most)d fields, but those of '%(file)s' "
                "have %(came)d. Leave out what is neither a token nor a tag."
            ),
            most=MOST_FIELDS,
            file=named(filename),
            came=found.width,
        )
    names = tuple(map(short, found.names)) or tuple(
        str(k + 1) for k in range(found.width)
    )
    names = tuple(
        name if names.index(name) == k else str(k + 1) for k, name in enumerate(names)
    )
    called = [name.lower() for name in names]
    usual = [0, len(names) - 1]
    if found.universal:
        usual = [FORM, PART_OF_SPEECH]
    elif found.names:
        usual = [
            next(k for k, name in enumerate(called) if name in names_of_kind)
            for names_of_kind in (TOKENS, TAGS)
        ]
    chosen = [
        named_column(wanted, names) if wanted else names[place]
        for wanted, place in zip((given, asked), usual, strict=True)
    ]
    return Columns(names, *chosen)


def _sentences(found: Rows, columns: Columns, filename: str) -> list[Sentence]:
    """The tokens and tags of each sentence, one after the other.

    Raises:
        ExplorerError: if a line has another number of fields, or an empty one.
    """
    places = [columns.names.index(name) for name in columns[1:]]
    sentences: list[Sentence] = []
    open_one = False
    for line, row in found.rows:
        if not row or row[0] == DOCUMENT:
            open_one = False
            continue
        if len(row) != found.width:
            raise _ragged(line, row, found.width, filename)
        if found.universal and not COUNTED.fullmatch(row[0]):
            continue
        token, tag = (row[place] for place in places)
        _check_fields(line, token, tag, filename)
        if not open_one:
            sentences.append(([], []))
            open_one = True
        sentences[-1][0].append(token)
        sentences[-1][1].append(tag)
    return sentences


def _ragged(line: int, row: Sequence[str], width: int, filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "Each line of tags needs as many fields as the others, but line %(line)d "
            "of '%(file)s' has %(came)d and most have %(usual)d: '%(shown)s'. Mend "
            "that line."
        ),
        line=line,
        file=named(filename),
        came=len(row),
        usual=width,
        shown=short(" ".join(row)),
    )


def _check_fields(line: int, token: str, tag: str, filename: str) -> None:
    if not token or not tag or max(len(token), len(tag)) > LONGEST:
        raise ExplorerError(
            N_(
                "A token and its tag need 1 to %(most)d characters each, but line "
                "%(line)d of '%(file)s' says '%(token)s' and '%(tag)s'. Mend that line."
            ),
            most=LONGEST,
            line=line,
            file=named(filename),
            token=short(token),
            tag=short(tag),
        )


def _check(
    sentences: list[Sentence], tags: Counter[str], columns: Columns, filename: str
) -> None:
    """See that they are tags, and not too many tokens."""
    if tags.total() > MOST_TOKENS:
        raise _too_many(tags.total(), filename)
    if len(tags) > MOST_TAGS or len(tags) < 2:
        raise ExplorerError(
            N_(
                "Tags are 2 to %(most)d different ones, but column '%(column)s' of "
                "'%(file)s' has %(came)d in %(count)d sentences. Choose another column "
                "of tags among: %(known)s."
            ),
            most=MOST_TAGS,
            column=columns.asked,
            file=named(filename),
            came=len(tags),
            count=len(sentences),
            known=", ".join(columns.names),
        )


def _too_many(came: int, filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "Tags of %(most)s tokens can be kept, but '%(file)s' has %(came)s. Give a "
            "part of it."
        ),
        most=f"{MOST_TOKENS:,}",
        file=named(filename),
        came=f"{came:,}",
    )


def _counted(sentences: list[Sentence], tags: Counter[str]) -> Words:
    numbers = {
        "sentences": f"{len(sentences):,}",
        "tokens": f"{tags.total():,}",
        "tags": len(tags),
    }
    if not are_entities(tags):
        words = N_("%(sentences)s sentences of %(tokens)s tokens; %(tags)d tags.")
        return Words(words, numbers)
    each = [labels for _, labels in sentences]
    numbers |= {
        "scheme": scheme_of(each),
        "entities": f"{sum(len(entities(labels)) for labels in each):,}",
    }
    words = N_(
        "%(sentences)s sentences of %(tokens)s tokens; %(tags)d tags, written as "
        "%(scheme)s, which name %(entities)s entities."
    )
    return Words(words, numbers)
