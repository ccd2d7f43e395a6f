"""The real files: the summary equals what pandas computes from the raw rows by itself."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mpp.live.description import save
from mpp.mall.created import add_created
from mpp.sources.create import wanted_by
from mpp.sources.mapping import RowReader
from mpp.sources.rows import Rows
from mpp.store import legs
from tests.mpp.sources.kit import Kit, example, installation

BANK = "bank_tickets_1999-02-01_to_20.csv"
WARSAW = "warsaw_tickets_to_2020-01-15.csv.gz"
FIRST, LAST = date(1999, 2, 1), date(1999, 2, 20)


def bank_frame(file: Path) -> pd.DataFrame:
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    for name in ("arrived_at", "service_start_at", "service_end_at", "abandoned_at"):
        frame[name] = pd.to_datetime(frame[name].where(frame[name] != "", None))
    wait = (frame.service_start_at - frame.arrived_at).dt.total_seconds()
    frame["wait"] = wait.where(wait >= -10).clip(lower=0)
    frame["service_time"] = (frame.service_end_at - frame.service_start_at).dt.total_seconds()
    frame["gone_after"] = (frame.abandoned_at - frame.arrived_at).dt.total_seconds()
    frame["agency"] = "bank"
    frame["service"] = "bank/" + frame.service_code.str.lower()
    frame["counter"] = ("bank/" + frame.counter_id.str.lower()).where(frame.counter_id != "", None)
    frame["day"] = frame.arrived_at.dt.strftime("%Y-%m-%d")
    return frame


def expected(frame: pd.DataFrame, by: str, promise: float | None = None) -> list[dict[str, Any]]:
    rows = []
    for key, part in frame.groupby(by):
        waits = part.wait.dropna()
        share = None
        if promise is not None:
            late = ((part.gone_after > promise) & part.service_start_at.isna()).sum()
            share = (waits <= promise).sum() / (len(waits) + late)
        rows.append(
            {
                "key": key,
                "issued": len(part),
                "served": int((part.outcome == "AGENT").sum()),
                "no_show": 0,
                "left": int((part.outcome == "HANG").sum()),
                "unresolved": 0,
                "wait_mean_s": waits.mean(),
                "wait_p50_s": waits.quantile(0.5),
                "wait_p90_s": waits.quantile(0.9),
                "wait_p95_s": waits.quantile(0.95),
                "service_mean_s": part.service_time.mean(),
                "share": share,
            }
        )
    return rows


def assert_equal(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    assert [row["key"] for row in found] == [row["key"] for row in wanted]
    for have, want in zip(found, wanted, strict=True):
        for name, value in want.items():
            if name == "key" or value is None:
                assert have[name] == value, name
            else:
                assert have[name] == pytest.approx(value, rel=1e-12), name
        assert have.keys() == want.keys()


def test_bank_summary_equals_pandas(lite: Kit, shared_data: Path) -> None:
    done = lite.run(shared_data / BANK, example("bank-tickets"))
    assert (done.read, done.new, dict(done.quarantined)) == (24_014, 24_014, {})
    assert (done.created.mall, done.created.services, done.created.counters) == (True, 6, 24)
    assert set(done.dropped) == {"wait_s", "service_s"}
    equals_pandas_and_stays(lite, shared_data / BANK)
    frame = bank_frame(shared_data / BANK)
    one = lite.summary(date(1999, 2, 10), date(1999, 2, 10), "service")
    assert_equal(one, expected(frame[frame.day == "1999-02-10"], "service"))


def test_its_first_days_equal_pandas_on_postgres(postgres_url: str, short_bank: Path) -> None:
    with installation(postgres_url) as kit:
        done = kit.run(short_bank, example("bank-tickets"))
        assert (done.read, done.new, dict(done.quarantined)) == (3_499, 3_499, {})
        equals_pandas_and_stays(kit, short_bank)


def equals_pandas_and_stays(kit: Kit, file: Path) -> None:
    """What is told of a file that was read, also after it was read again."""
    frame = bank_frame(file)
    for by in ("agency", "service", "day", "counter"):
        assert_equal(kit.summary(FIRST, LAST, by), expected(frame, by))
    before = legs_of(kit)
    again = kit.run(file, example("bank-tickets"), create_missing=False)
    assert (again.read, again.new, again.changed, again.unchanged) == (len(frame), 0, 0, len(frame))
    assert legs_of(kit) == before


def legs_of(kit: Kit) -> list[tuple[Any, ...]]:
    with kit.store.read() as tx:
        return legs.snapshot(tx)


@pytest.fixture
def short_bank(shared_data: Path, tmp_path: Path) -> Path:
    """The bank's first two and a half days."""
    short = tmp_path / "bank.csv"
    with (shared_data / BANK).open() as file:
        short.write_text("".join(islice(file, 3_500)))
    return short


def test_share_within_a_promise_equals_pandas(lite: Kit, short_bank: Path) -> None:
    bank = example("bank-tickets")
    with Rows(short_bank, encoding="utf-8", delimiter=",") as rows:
        wanted = wanted_by(rows, RowReader(bank, rows.header, lite.now()), bank, empty=True)
    mall = add_created(None, zone=bank.zone, wanted=wanted)
    agency = mall.agencies[0]
    promised = tuple(replace(service, wait_s=60) for service in agency.services)
    mall = replace(mall, agencies=(replace(agency, services=promised),))
    with lite.store.write() as tx:
        save(tx, mall, lite.now())
    lite.run(short_bank, bank, create_missing=False)
    frame = bank_frame(short_bank)
    for by in ("agency", "service", "day"):
        wanted_rows = expected(frame, by, promise=60)
        assert all(0 < row["share"] < 1 for row in wanted_rows)
        assert_equal(lite.summary(FIRST, LAST, by), wanted_rows)


def test_the_dirt_of_the_bank_file_ends_as_findings(lite: Kit, short_bank: Path) -> None:
    done = lite.run(short_bank, example("bank-tickets"))
    assert dict(done.quarantined) == {}
    held = lite.legs().values()
    assert {row["state"] for row in held} == {"ended"}
    found = {finding for row in held for finding in row["findings"].split()}
    assert {"instant_service", "served_without_counter", "start_missing"} <= found
    assert all(row["wait_s"] is None or row["wait_s"] >= 0 for row in held)
    assert {row["priority"] for row in held} == {None, "prioritas"}


@pytest.fixture
def short_warsaw(shared_data: Path, tmp_path: Path) -> Path:
    short = tmp_path / "warsaw.csv.gz"
    with gzip.open(shared_data / WARSAW, "rt") as file:
        short.write_bytes(gzip.compress("".join(islice(file, 4_001)).encode()))
    return short


def test_warsaw_loads_into_an_empty_installation(kit: Kit, short_warsaw: Path) -> None:
    done = kit.run(short_warsaw, example("warsaw-tickets"))
    assert (done.read, done.new, dict(done.quarantined), done.dropped) == (4_000, 4_000, {}, ())
    assert kit.judge().mall.zone == "Europe/Warsaw"
    frame = pd.read_csv(short_warsaw, parse_dates=["issued_at", "called_at"])
    frame["wait"] = (frame.called_at - frame.issued_at).dt.total_seconds()
    frame["key"] = frame.office.str.lower().str.replace("_", "-")
    found = kit.summary(date(2019, 12, 30), date(2020, 1, 15))
    for row, (key, part) in zip(found, frame.groupby("key"), strict=True):
        assert (row["key"], row["issued"], row["served"]) == (key, len(part), len(part))
        assert row["wait_p95_s"] == pytest.approx(part.wait.quantile(0.95))
        assert row["wait_mean_s"] == pytest.approx(part.wait.mean())
        assert row["service_mean_s"] is None
    assert kit.run(short_warsaw, example("warsaw-tickets")).unchanged == 4_000
