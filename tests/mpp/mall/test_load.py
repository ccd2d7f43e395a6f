"""Every mistake of a description is named with its line, key and remedy; nothing else comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpp.i18n import words
from mpp.mall import DescriptionError, Mall, Reading, examine, example_text, init_text, read
from mpp.mall.keys import KEYS
from mpp.mall.load import LARGEST, examine_bytes
from mpp.mall.mistakes import MOST
from mpp.mall.model import Done

HEAD = '[mall]\ncode = "m"\nname = "Mal"\nzone = "WIB"\nhours = { mon-fri = "08.00-15.00" }\n'
AGENCY = HEAD + '[[agency]]\ncode = "a"\nname = "A"\n'
SERVICE = AGENCY + '[[agency.service]]\ncode = "s"\nname = "S"\n'
SOURCE = AGENCY + '[[source]]\ncode = "q"\nagencies = ["a"]\n'


def look(text: str) -> Reading:
    return examine_bytes(text.encode(), "mpp.toml")


def mall(text: str) -> Mall:
    reading = look(text)
    assert reading.mall is not None, reading.mistakes
    return reading.mall


@pytest.mark.parametrize(
    ("text", "key", "line", "problem", "remedy"),
    [
        (HEAD + 'nama = "x"\n', "mall.nama", 6, "no known key", '"name"'),
        (HEAD + "feed = 1\n", "mall.feed", 6, "no known key", "Use one of"),
        (AGENCY + "grace_min = 1\n", "agency[a].grace_min", 9, "no known key", "belongs to mall"),
        (AGENCY + 'api_token = "x"\n', "agency[a].api_token", 9, "secret", "mpp token create"),
        (AGENCY + "short = 3\n", "agency[a].short", 9, "text was expected, not a number", "short ="),
        (AGENCY + "share = true\n", "agency[a].share", 9, "a number was expected, not true", "share = 10"),
        (AGENCY + "share = nan\n", "agency[a].share", 9, "out of range", "0 to 100"),
        (AGENCY + "counters = 1000\n", "agency[a].counters", 9, "out of range", "0 to 200"),
        (AGENCY + 'name2 = "x"\n', "agency[a].name2", 9, "no known key", '"name"'),
        (HEAD + '[[agency]]\ncode = "A b"\nname = "x"\n', "agency[A b].code", 7, "is no code", '"a-b"'),
        (HEAD + '[[agency]]\nname = "x"\n', "agency[#1].code", 6, "is missing", "Add code"),
        (AGENCY + '[[agency]]\ncode = "a"\nname = "B"\n', "agency[a].code", 10, "already used", "Give each"),
        (
            SERVICE + '[[agency.service]]\ncode = "s"\nname = "T"\n',
            "agency[a].service[s].code",
            13,
            "already",
            "",
        ),
        (SERVICE + 'prefix = "a1"\n', "agency[a].service[s].prefix", 12, "does not fit", "capital"),
        (
            SERVICE + 'done = "secepatnya"\n',
            "agency[a].service[s].done",
            12,
            "no time until done",
            "1 hari kerja",
        ),
        (SERVICE + 'done = "30 hari"\n', "agency[a].service[s].done", 12, "no time until done", ""),
        (
            SERVICE + "done = { minutes = 1, working_days = 2 }\n",
            "agency[a].service[s].done",
            12,
            "exactly one",
            "",
        ),
        (SERVICE + 'fee = "Rp 5.000"\n', "agency[a].service[s].fee", 12, "not known", "gratis"),
        (SERVICE + "wait = 0\n", "agency[a].service[s].wait", 12, "never be kept", "Leave it out"),
        (SERVICE + 'wait = "tiga"\n', "agency[a].service[s].wait", 12, "a number was expected", "wait = 30"),
        (SERVICE + "wait = -5\n", "agency[a].service[s].wait", 12, "-5 is out of range", "from 0.1 to"),
        (SERVICE + 'desk = "x"\n', "agency[a].service[s].desk", 12, "not text", "desk = 10"),
        (AGENCY + 'counters = "x"\n', "agency[a].counters", 9, "a whole number", "counters = 3"),
        (
            SERVICE + '[[agency.counter]]\ncode = 1\nservices = ["kk"]\n',
            "agency[a].counter[#1].services",
            14,
            "'kk' is no service of this agency",
            "Use one of s",
        ),
        (
            SERVICE + "counters = 2\nplanned = 3\n",
            "agency[a].service[s].counters",
            12,
            "no known",
            "to agency",
        ),
        (AGENCY + 'hours = { mon = "15.00-08.00" }\n', "agency[a].hours.mon", 9, "ends before", "earlier"),
        (AGENCY + 'hours = { mon = "08.00-25.00" }\n', "agency[a].hours.mon", 9, "on no clock", "24.00"),
        (AGENCY + 'hours = { mon = "pagi" }\n', "agency[a].hours.mon", 9, "are no hours", "08.00-15.00"),
        (AGENCY + "hours = { mon = 8 }\n", "agency[a].hours.mon", 9, "are no hours", ""),
        (
            AGENCY + 'hours = { snein = "08.00-15.00" }\n',
            "agency[a].hours.snein",
            9,
            "no weekday",
            "mon, tue",
        ),
        (
            AGENCY + 'hours = { mon-fri = "08.00-15.00", fri = "tutup" }\n',
            "agency[a].hours.fri",
            9,
            "second",
            "",
        ),
        (AGENCY + 'hours = { fri-mon = "08.00-15.00" }\n', "agency[a].hours.fri-mon", 9, "backwards", ""),
        (AGENCY + 'days = "mon-sat"\n', "agency[a].days", 9, "sat is a service day without hours", "sat ="),
        (AGENCY + 'breaks = "kadang"\n', "agency[a].breaks", 9, "hours by weekday", "bergantian"),
        (HEAD.replace("WIB", "Asia/Jakrta"), "mall.zone", 4, "no zone", "Asia/Jakarta"),
        (HEAD.replace("WIB", "../etc/passwd"), "mall.zone", 4, "no zone", "WIB"),
        (SOURCE.replace('"a"]', '"b"]'), "source[q].agencies", 11, "'b' is no agency", "a"),
        (SOURCE.replace('"q"', '"mpp"'), "source[mpp].code", 10, "kept for events of the monitor", "another"),
        (SOURCE + 'kind = "ftp"\n', "source[q].kind", 12, "not known", "manual"),
        (SOURCE + 'expected_every = "often"\n', "source[q].expected_every", 12, "a duration", '"30s"'),
        (SOURCE + 'expected_every = "0s"\n', "source[q].expected_every", 12, "out of range", "1 to"),
        (SOURCE + 'steps = ["call"]\n', "source[q].steps", 12, "no step", '"called"'),
        (
            HEAD + "[[mall.schedule]]\nfrom = 2027-03-01\nto = 2027-02-01\n",
            "mall.schedule[#1].to",
            8,
            "before",
            "",
        ),
        (
            HEAD + '[[mall.schedule]]\nfrom = "2027-03-01"\nto = 2027-03-02\n',
            "mall.schedule[#1].from",
            7,
            "a date",
            "",
        ),
        (
            HEAD
            + "[[mall.schedule]]\nfrom = 2027-02-01\nto = 2027-02-10\n"
            + "[[mall.schedule]]\nfrom = 2027-02-10\nto = 2027-02-11\n",
            "mall.schedule[#2].from",
            10,
            "overlaps the range 2027-02-01 to 2027-02-10",
            "one range",
        ),
        (
            HEAD + "[[holiday]]\nday = 2026-12-25\n[[holiday]]\nday = 2026-12-25\n",
            "holiday[#2].day",
            9,
            "twice",
            "",
        ),
        (
            HEAD + 'floors = ["1"]\n' + AGENCY[len(HEAD) :] + "floor = 2\n",
            "agency[a].floor",
            10,
            "no floor",
            "1",
        ),
        (
            HEAD.replace("hours", "#") + 'breaks = { mon = "12.00-13.00" }\n',
            "mall",
            1,
            "no hours",
            "[mall.hours]",
        ),
        ("agency = 3\n" + HEAD, "agency", 1, "a list of tables", "[[agency]]"),
        ("agency = [1]\n" + HEAD, "agency", 1, "1 is no table", "[[agency]]"),
        ('[[agency]]\ncode = "a"\n', "mall", None, "is missing", "[mall]"),
        (HEAD.replace('"Mal"', '"a\\u0000b"'), "mall.name", 3, "no text", "visible"),
    ],
)
def test_each_mistake_says_what_where_and_what_would_be_right(
    text: str, key: str, line: int | None, problem: str, remedy: str
) -> None:
    reading = look(text)
    assert reading.mall is None
    found = [m for m in reading.mistakes if m.key == key]
    assert found, reading.mistakes
    assert problem in found[0].problem
    assert remedy in found[0].remedy
    assert found[0].line == line
    assert str(found[0]).startswith(f"mpp.toml:{line}:" if line else "mpp.toml: ")


def test_all_mistakes_are_named_in_one_go() -> None:
    text = SERVICE.replace("WIB", "WIX") + 'wait = "30"\ndone = "x"\nfoo = 1\n'
    keys = [m.key for m in look(text).mistakes]
    service = "agency[a].service[s]"
    assert keys == ["mall.zone", f"{service}.wait", f"{service}.done", f"{service}.foo"]


def test_prefixes_are_unique_in_the_mall_and_service_codes_in_their_agency() -> None:
    other = '[[agency]]\ncode = "b"\nname = "B"\n[[agency.service]]\ncode = "s"\nname = "S"\n'
    assert look(SERVICE + other).mall is not None
    twice = look(SERVICE + 'prefix = "A1"\n' + other + 'prefix = "A1"\n').mistakes
    assert [(m.key, m.problem) for m in twice] == [
        ("agency[b].service[s].prefix", '"A1" is already used by agency[a].service[s]')
    ]


@pytest.mark.parametrize(
    ("content", "problem", "line"),
    [
        (b"[mall]\ncode = \n", "no TOML at column 8: Invalid value", 2),
        (b"[mall]\nname = 'Jakarta \xff'\n", "not UTF-8", 2),
        (b"x = " + b"1" * 5_000, "no TOML that can be read", None),
        (b"x = " + b"[" * 50_000, "no TOML that can be read", None),
        (b"#" * (LARGEST + 1), "larger than", None),
        (b"", "is missing", None),
    ],
)
def test_a_file_that_is_no_description(content: bytes, problem: str, line: int | None) -> None:
    (mistake,) = examine_bytes(content, "mpp.toml").mistakes
    assert problem in mistake.problem
    assert mistake.line == line
    assert mistake.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"missing\.toml: the file does not exist.*mpp init") as caught:
        read(tmp_path / "missing.toml")
    assert caught.value.mistakes[0].file == str(tmp_path / "missing.toml")
    with pytest.raises(DescriptionError, match="cannot be read"):
        read(tmp_path)
    with pytest.raises(DescriptionError, match="cannot be read"):
        read(Path("nul\0.toml"))


def test_windows_files_read_the_same(tmp_path: Path) -> None:
    file = tmp_path / "mpp.toml"
    file.write_bytes(b"\xef\xbb\xbf" + AGENCY.replace("\n", "\r\n").encode())
    assert read(file) == mall(AGENCY)


def test_thousands_of_mistakes_are_counted() -> None:
    reading = look(HEAD + "".join(f"x{n} = 1\n" for n in range(MOST + 5)))
    assert len(reading.mistakes) == MOST + 1
    assert "5 more mistakes" in reading.mistakes[-1].problem


def test_warnings_stop_nothing() -> None:
    reading = look(AGENCY + 'hours = { mon = "08.00-12.00" }\nbreaks = { mon = "12.00-13.00" }\n')
    assert reading.mall is not None
    assert {(w.key, w.warning) for w in reading.warnings} == {("agency[a]", True), ("agency[a].breaks", True)}
    idle = look(AGENCY + 'days = "mon"\nhours = { sat = "08.00-12.00" }\n').warnings
    assert "agency[a].hours" in {w.key for w in idle}
    # Counters are added one by one on pages, and an agency says how many it plans before it has them.
    many = look(AGENCY + "counters = 2\nplanned = 3\n")
    assert many.mall is not None
    assert many.mall.agencies[0].planned == 2
    assert any("3 counters are planned, 2 are described" in w.problem for w in many.warnings)


def test_counters_come_as_a_total_one_by_one_or_both() -> None:
    text = SERVICE.replace('name = "A"', 'name = "A"\ncounters = 2\nfloor = 1')
    agency = mall(text + '[[agency.counter]]\ncode = 2\nname = "Dua"\nservices = ["s"]\n').agencies[0]
    assert [(c.code, c.name, c.floor, c.services) for c in agency.counters] == [
        ("1", "Loket 1", "1", ()),
        ("2", "Dua", "1", ("s",)),
    ]
    assert agency.planned == 2
    assert mall(AGENCY).agencies[0].planned is None


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ('"15 menit"', Done(minutes=15)),
        ('"2 jam"', Done(minutes=120)),
        ('"1 hari kerja"', Done(working_days=1)),
        ('"4  Hari Kerja"', Done(working_days=4)),
        ("{ minutes = 300 }", Done(minutes=300)),
        ("{ working_days = 98 }", Done(working_days=98)),
    ],
)
def test_done(done: str, expected: Done) -> None:
    assert mall(SERVICE + f"done = {done}\n").agencies[0].services[0].done == expected


def test_promises_are_kept_in_seconds_and_unknown_stays_unknown() -> None:
    service = mall(SERVICE + "wait = 30\nwait_priority = 7.5\n").agencies[0].services[0]
    assert (service.wait_s, service.wait_priority_s, service.desk_s, service.done) == (1800, 450, None, None)


def test_minutes_of_the_mall() -> None:
    assert (mall(HEAD).grace_s, mall(HEAD).last_ticket_s) == (3600, None)
    assert mall(HEAD + "grace_min = 0\n").grace_s == 0
    said = mall(HEAD + "grace_min = 45\nlast_ticket_before_close_min = 30\n")
    assert (said.grace_s, said.last_ticket_s) == (2700, 1800)


def test_sources() -> None:
    text = (
        SOURCE
        + 'expected_every = "5m"\nclock_offset = -90\nsteps = ["finished", "issued"]\nrequired = false\n'
    )
    source = mall(text).sources[0]
    assert (source.expected_every_s, source.clock_offset_s, source.required) == (300, -90, False)
    assert source.steps == ("issued", "finished")
    assert mall(SOURCE + 'kind = "readings"\n').sources[0].steps == ()
    assert mall(SOURCE.replace('["a"]', '"all"')).sources[0].agencies == ("a",)


def test_the_starter_passes_the_check_and_shows_every_key() -> None:
    reading = examine_bytes(init_text().encode(), "mpp.toml")
    assert reading.mistakes == reading.warnings == ()
    missing = [f"{s}.{key}" for s, keys in KEYS.items() for key in keys if key not in init_text()]
    assert missing == []


def test_the_example_passes_the_check() -> None:
    reading = examine_bytes(example_text().encode(), "example.toml")
    assert reading.mistakes == reading.warnings == ()


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+62 361 555000,,", "+62361555000,,"),
        ("(0361) 555-000", "0361555000"),
        ("+62 361 555", "+62361555"),
    ],
)
def test_what_is_dialled_before_an_extension(written: str, dialled: str) -> None:
    assert mall(HEAD.replace("[mall]", f'[mall]\ndial = "{written}"')).dial == dialled
    assert mall(HEAD).dial is None


@pytest.mark.parametrize(
    "written", ["9", "9,", "0,", "110", "112,,", "555000", "+0361555000", "ekstensi", ",,", "*72#"]
)
def test_an_extension_never_becomes_another_number(written: str) -> None:
    """What does not begin with a number of the mall would make 110, 112 or 119 of an extension."""
    (one,) = look(HEAD.replace("[mall]", f'[mall]\ndial = "{written}"')).mistakes
    assert (one.key, one.line) == ("mall.dial", 2)


# --- whatever is in the file

keys_of_any_table = st.sampled_from(
    sorted({key for keys in KEYS.values() for key in keys} | {"mon-fri", "token"})
)
scalars = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(['""', '"08.00-15.00"', '"a"', '"mon-fri"', "nan", "inf", "1e400", "true", "2026-12-25"]),
    st.sampled_from(
        ["2026-12-25T08:00:00Z", "08:00:00", '"1 menit"', '["a", 1]', "[[1]]", '"""a\nb"""', "'x'"]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(keys_of_any_table, inner, max_size=3).map(
            lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}"
        ),
    ),
    max_leaves=6,
)
headers = st.sampled_from([f"[[{s}]]" for s in KEYS if s] + [f"[{s}]" for s in KEYS if s] + ["[mall.hours]"])
lines = st.one_of(st.builds("{} = {}".format, keys_of_any_table, values), headers)


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, max_size=12), st.sampled_from(["", HEAD, AGENCY, SERVICE, SOURCE]))
def test_random_toml_gives_a_mall_or_mistakes(more: list[str], start: str) -> None:
    text = start + "\n".join(more)
    reading, indonesian = look(text), examine_bytes(text.encode(), "mpp.toml", words("id"))
    assert (reading.mall is None) == bool(reading.mistakes)
    assert [m.key for m in reading.mistakes] == [m.key for m in indonesian.mistakes]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_random_bytes_give_a_mall_or_mistakes(content: bytes) -> None:
    reading = examine_bytes(content, "mpp.toml")
    assert (reading.mall is None) == bool(reading.mistakes)


def test_examine_reads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mpp.toml"
    file.write_text(AGENCY, encoding="utf-8")
    reading = examine(file)
    assert reading.mall == mall(AGENCY)
    assert reading.warnings[0].file == str(file)
