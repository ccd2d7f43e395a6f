"""Every text in the code has its Indonesian, and the catalogue holds nothing else.

What is missing is printed as it has to stand in the catalogue, to be pasted and translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[2] / "mpp"
RECEIVERS = {"w", "words"}

# Where a text is passed on, not written: its callers are found by themselves.
PASSED_ON: set[tuple[str, int]] = set()


@dataclass
class Found:
    """Texts by what identifies them (a text, or singular and plural), with where they stand."""

    texts: dict[str | tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def receiver(node: ast.expr) -> str:
    """The last name of what a method is called on, without leading underscores."""
    if isinstance(node, ast.Call):
        return "words" if receiver(node.func).startswith("words") else ""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.lstrip("_")


def calls(tree: ast.AST, own: bool) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            known = RECEIVERS | ({"self"} if own else set())
            if node.func.attr in {"text", "plural"} and receiver(node.func.value) in known:
                yield node


def extract(source: str, name: str, found: Found) -> None:
    tree = ast.parse(source)
    for call in calls(tree, own=name == "i18n.py"):
        where = f"mpp/{name}:{call.lineno}"
        assert isinstance(call.func, ast.Attribute)
        wanted = call.args[: 1 if call.func.attr == "text" else 2]
        literals = [a.value for a in wanted if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if len(literals) != len(wanted) or not wanted:
            if (name, call.lineno) not in PASSED_ON:
                found.faults.append(f"{where}: the text must be a literal, so that it can be translated")
        elif call.func.attr == "text":
            found.texts.setdefault(literals[0], where)
        else:
            found.texts.setdefault((literals[0], literals[1]), where)
    for node in ast.walk(tree):
        kind = node.annotation if isinstance(node, ast.arg) else None
        if isinstance(node, ast.arg) and isinstance(kind, ast.Name) and kind.id == "Words":
            problem = f"call a Words {' or '.join(sorted(RECEIVERS))}, not {node.arg}, so its texts are found"
            found.faults += [] if node.arg in RECEIVERS else [f"mpp/{name}:{node.lineno}: {problem}"]


@pytest.fixture(scope="module")
def found() -> Found:
    result = Found()
    for file in sorted(PACKAGE.rglob("*.py")):
        extract(file.read_text(encoding="utf-8"), file.relative_to(PACKAGE).as_posix(), result)
    return result


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (PACKAGE / "locale" / "id" / "LC_MESSAGES" / "mpp.po").open("rb") as file:
        return read_po(file, locale="id", abort_invalid=True)


def written(msgid: str | tuple[str, str], where: str) -> str:
    """An entry as it stands in a catalogue, still to be translated."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    if isinstance(msgid, str):
        return f'#: {where}\nmsgid {quoted(msgid)}\nmsgstr ""\n'
    return f'#: {where}\nmsgid {quoted(msgid[0])}\nmsgid_plural {quoted(msgid[1])}\nmsgstr[0] ""\n'


def entries(catalogue: Catalog) -> dict[str | tuple[str, str], tuple[str, ...]]:
    """Translations by text; a plural's are all its forms."""
    result: dict[str | tuple[str, str], tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        key = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
        texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
        result[key] = tuple(text or "" for text in texts)
    return result


def test_texts_are_written_where_they_can_be_found(found: Found) -> None:
    assert found.faults == []


def test_every_text_is_translated(found: Found, catalogue: Catalog) -> None:
    known = entries(catalogue)
    missing = [written(key, where) for key, where in found.texts.items() if not all(known.get(key, ("",)))]
    assert not missing, f"{len(missing)} texts are not in mpp/locale/id:\n\n" + "\n".join(missing)


def test_nothing_is_translated_that_nobody_says(found: Found, catalogue: Catalog) -> None:
    assert sorted(map(str, entries(catalogue).keys() - found.texts.keys())) == []


def test_translations_keep_the_values(catalogue: Catalog) -> None:
    wrong = []
    for key, texts in entries(catalogue).items():
        wanted = set(re.findall(r"{\w+}", "".join(key)))
        wrong += [text for text in texts if set(re.findall(r"{\w+}", text)) != wanted]
    assert wrong == []


def test_the_extraction_itself() -> None:
    source = """
def a(w: Words, words: Words, other: Words):
    w.text("one")
    words.plural("{n} day", "{n} days", 3)
    self._words.text("two", n=words.text("three"))
    words_for("id").text("four")
    w.text(name)
    table.text("not this")
"""
    result = Found()
    extract(source, "x.py", result)
    assert set(result.texts) == {"one", "two", "three", "four", ("{n} day", "{n} days")}
    assert [fault.split(":")[1] for fault in result.faults] == ["7", "2"]
