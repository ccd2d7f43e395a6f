"""POST /api/v1/events: design.md section 4, word by word."""

import io
import json
import threading
import time
from datetime import datetime

import pytest
from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from sqlalchemy.exc import OperationalError

from mpp.store import legs, sources
from mpp.web.api.tokens import KEEP_S
from mpp.web.context import parts_of
from tests.mpp.web.house import (
    BATCH,
    ONE,
    TOKEN,
    add_token,
    body,
    event,
    is_problem,
    life,
    reasons,
    send,
    stored,
    words,
)


class TestWords:
    def test_one_event(self, client):
        answer = send(client, event(1))
        assert answer.status_code == 200
        assert body(answer) == {
            "items": [{"id": "1-ticket.issued", "status": "accepted"}],
            "accepted": 1,
            "duplicate": 0,
            "conflict": 0,
            "quarantined": 0,
            "forbidden": 0,
        }

    def test_a_life_becomes_a_leg_on_each_engine(self, house_of, database_url):
        app = house_of(database_url)
        assert words(send(app.test_client(), life(7))) == ["accepted"] * 4
        store = parts_of(app).store
        with store.read() as tx:
            known = legs.snapshot(tx)
            row = sources.all_sources(tx)["dukcapil"]
        assert len(known) == 1
        assert {"ended", "served", "done"} <= set(known[0])
        assert row.rev == 1
        assert row.last_reported is not None
        assert row.last_changed is not None

    def test_every_word_in_one_batch(self, house_of, database_url):
        client = house_of(database_url).test_client()
        first = event(1)
        send(client, first)
        other = first | {"time": event(1, ago=30)["time"]}
        foreign = event(3) | {"data": {"agency": "samsat", "service": "stnk-1th", "number": "1"}}
        batch = [
            event(2),
            first,
            other,
            event(4, service="nosuch"),
            foreign,
            event(5, source="imigrasi"),
            "not an object",
        ]
        answer = send(client, batch)
        assert words(answer) == [
            "accepted",
            "duplicate",
            "conflict",
            "quarantined",
            "forbidden",
            "forbidden",
            "quarantined",
        ]
        assert reasons(answer)[3:] == ["unknown_service", "foreign_agency", "foreign_source", "not_an_object"]
        assert sum(body(answer)[word] for word in ("accepted", "duplicate", "conflict")) == 3
        assert all(item["detail"] for item in body(answer)["items"][2:])

    def test_the_same_id_twice_in_a_batch(self, client):
        first = event(1)
        assert words(send(client, [first, first, event(1, ago=50)])) == ["accepted", "duplicate", "conflict"]

    def test_a_part_of_the_source_may_send(self, client, app):
        assert words(send(client, event(1, source="dukcapil/qms"))) == ["accepted"]
        assert words(send(client, event(1, source="dukcapil/other"))) == ["accepted"]
        assert words(send(client, event(1, source="dukcapil-2"))) == ["forbidden"]
        assert len(stored(app)) == 2

    def test_an_empty_batch_counts_as_reported(self, client, app):
        answer = send(client, [])
        assert answer.status_code == 200
        assert body(answer)["items"] == []
        with parts_of(app).store.read() as tx:
            row = sources.all_sources(tx)["dukcapil"]
        assert row.last_reported is not None
        assert row.last_changed is None

    def test_fields_that_are_not_ours_are_dropped(self, client, app):
        send(client, event(1, name="Siti", nik="3171012345678901"))
        with parts_of(app).store.read() as tx:
            (data,) = tx.connection.exec_driver_sql("SELECT data FROM events").scalars()
            (dropped,) = tx.connection.exec_driver_sql(
                "SELECT fields_dropped FROM sources WHERE code = 'dukcapil'"
            ).scalars()
        assert "Siti" not in data
        assert dropped == 2

    def test_the_cloudevents_sdk_speaks_our_language(self, client):
        given = event(1)
        data = given.pop("data")
        message = to_structured(
            CloudEvent(given | {"time": datetime.fromisoformat(given["time"])}, data), JSONFormat()
        )
        headers = {"Authorization": f"Bearer {TOKEN}"} | dict(message.headers)
        answer = client.post("/api/v1/events", data=message.body, headers=headers)
        assert words(answer) == ["accepted"]

    def test_many_senders_at_once_lose_nothing(self, house_of, database_url):
        app = house_of(database_url, rate_limit="100000/minute")
        batches = [[event(100 * s + n) for n in range(20)] + [event(9000)] for s in range(6)]
        answers = []

        def post(batch):
            answers.append(send(app.test_client(), batch))

        threads = [threading.Thread(target=post, args=(batch,)) for batch in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {200}
        said = [word for answer in answers for word in words(answer)]
        assert said.count("accepted") >= 121
        assert len(stored(app)) == 121


class TestToken:
    @pytest.mark.parametrize("token", [None, "wrong", "", " "])
    def test_without_the_right_one(self, client, token):
        answer = send(client, event(1), token=token)
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_another_scheme(self, client):
        headers = {"Authorization": "Basic dG9rZW4="}
        answer = client.post("/api/v1/events", data=b"[]", content_type=BATCH, headers=headers)
        is_problem(answer, 401)

    def test_a_revoked_one_stops_within_seconds(self, app, client, monkeypatch):
        store = parts_of(app).store
        ident = add_token(store, token="other")
        assert send(client, [], token="other").status_code == 200
        with store.write() as tx:
            assert sources.revoke_token(tx, ident, parts_of(app).now())
        later = time.monotonic() + KEEP_S + 0.1
        monkeypatch.setattr("mpp.web.api.tokens.time.monotonic", lambda: later)
        is_problem(send(client, [], token="other"), 401)
        assert KEEP_S <= 5

    def test_of_a_source_that_left_the_description(self, app, client, tmp_path):
        file = tmp_path / "house0" / "mpp.toml"
        text = file.read_text()
        start = text.index('[[source]]\ncode = "dukcapil"')
        end = text.index("[[source]]", start + 5)
        file.write_text(text[:start] + text[end:])
        parts_of(app).description.load(parts_of(app).now())
        assert "dukcapil" in is_problem(send(client, [event(1)]), 403)


class TestBody:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"  ",
            b"{",
            b"nonsense",
            b'[{"a": NaN}]',
            b"[Infinity]",
            b"[-Infinity]",
            b'["\xff"]',
            b'[{"id": "\xed\xa0\x80"}]',
            b"[" * 100_000,
            b'{"a":' * 100_000,
            "[]".encode("utf-16"),
            b"[] []",
            b"[1,]",
        ],
    )
    def test_what_is_not_json(self, client, content, app):
        is_problem(send(client, content), 400)
        assert stored(app) == []

    @pytest.mark.parametrize("content", [b"null", b"1", b'"text"', b"true", b"{}"])
    def test_a_batch_that_is_no_array(self, client, content):
        assert BATCH in is_problem(send(client, content), 400)

    @pytest.mark.parametrize("content", [b"null", b"1", b"[]"])
    def test_one_that_is_no_object(self, client, content):
        is_problem(send(client, content, kind=ONE), 400)

    def test_a_byte_order_mark_is_forgiven(self, client):
        assert words(send(client, b"\xef\xbb\xbf" + json.dumps([event(1)]).encode())) == ["accepted"]

    def test_a_huge_number_spoils_its_item_only(self, client):
        given = json.dumps([event(1, leg=777_777), event(2)]).replace("777777", "9" * 6000)
        assert words(send(client, given.encode())) == ["quarantined", "accepted"]

    @pytest.mark.parametrize(
        "value",
        [[], {}, 1, 1e999, True, "", "x" * 5000, "\x00", "\ud800", ["a"], {"a": [1]}, -1, "3171012345678901"],
    )
    def test_odd_values_anywhere_are_words_not_errors(self, client, value):
        whole = event(1)
        batch = [{**whole, name: value} for name in whole]
        batch += [{**whole, "data": {**whole["data"], name: value}} for name in whole["data"]]
        text = json.dumps([*batch, event(99)]).replace("Infinity", "1e999")
        answer = send(client, text.encode())
        assert answer.status_code == 200, answer.text
        assert words(answer)[-1] == "accepted"

    @pytest.mark.parametrize(
        "kind",
        [
            "application/json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "x",
            "",
        ],
    )
    def test_another_content_type(self, client, kind):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
        answer = client.post("/api/v1/events", data=json.dumps(event(1)), headers=headers)
        detail = is_problem(answer, 415)
        assert BATCH in detail
        assert "binary mode" in detail

    @pytest.mark.parametrize("kind", [f"{BATCH}; charset=utf-8", f"{BATCH};charset=UTF-8", BATCH.upper()])
    def test_the_content_type_in_other_spellings(self, client, kind):
        assert send(client, [event(1)], kind=kind).status_code == 200

    def test_another_charset(self, client):
        is_problem(send(client, [event(1)], kind=f"{BATCH}; charset=iso-8859-1"), 415)

    def test_more_than_a_thousand_items(self, client, app):
        assert send(client, [None] * 1000).status_code == 200
        assert "1000" in is_problem(send(client, [event(1)] * 1001), 413)
        assert stored(app) == []

    def test_more_than_a_mebibyte(self, client):
        filler = "x" * (1024 * 1024)
        is_problem(send(client, [event(1, comment=filler)]), 413)

    def test_more_than_a_mebibyte_without_a_length(self, client):
        """As a WSGI server hands over a chunked body that it has marked as ended."""
        content = json.dumps([event(1, comment="x" * (1024 * 1024))]).encode()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = client.post(
            "/api/v1/events",
            input_stream=io.BytesIO(content),
            content_type=BATCH,
            headers=headers,
            environ_overrides={"wsgi.input_terminated": True},
        )
        is_problem(answer, 413)

    def test_a_body_of_unknown_length_is_never_taken_for_an_empty_batch(self, client):
        """A server that does not mark the end of a chunked body hands over nothing."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Transfer-Encoding": "chunked"}
        answer = client.post(
            "/api/v1/events", input_stream=io.BytesIO(b"[]"), content_type=BATCH, headers=headers
        )
        is_problem(answer, 400)


class TestLimits:
    def test_too_often(self, house_of):
        app = house_of(rate_limit="2/minute")
        client = app.test_client()
        add_token(parts_of(app).store, "imigrasi", "token-of-imigrasi")
        assert [send(client, []).status_code for _ in range(2)] == [200, 200]
        answer = send(client, [event(1)])
        assert "2 per 1 minute" in is_problem(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert stored(app) == []
        assert send(client, [], token="token-of-imigrasi").status_code == 200
        is_problem(send(client, [], token="wrong"), 401)

    def test_counted_over_processes_by_redis(self, house_of, redis_url):
        """Two processes on two databases here, so that only Redis can have told one of the other."""
        one, other = (house_of(rate_limit="2/minute", redis_url=redis_url).test_client() for _ in range(2))
        assert [send(client, []).status_code for client in (one, other, one, other)] == [200, 200, 429, 429]

    def test_a_redis_that_is_gone_loses_nothing(self, house_of, own_redis):
        app = house_of(redis_url=own_redis.url)
        client = app.test_client()
        assert send(client, [event(1)]).status_code == 200
        own_redis.stop()
        assert send(client, [event(2)]).status_code == 200
        assert len(stored(app)) == 2

    def test_a_rate_nobody_understands_stops_the_start(self, house_of):
        with pytest.raises(ValueError, match=r"MPP_RATE_LIMIT.*600/minute"):
            house_of(rate_limit="often")


class TestTrouble:
    def test_a_database_that_does_not_answer(self, app, client, monkeypatch):
        def down(*args, **kwargs):
            raise OperationalError("UPDATE sources", {}, Exception("database is locked"))

        monkeypatch.setattr(parts_of(app).intake, "accept", down, raising=True)
        answer = send(client, [event(1)])
        assert "send it again" in is_problem(answer, 503)
        assert answer.headers["Retry-After"] == "5"

    def test_a_fault_of_ours_is_a_problem_without_a_trace(self, app, client, monkeypatch, caplog):
        def broken(*args, **kwargs):
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr(parts_of(app).intake, "accept", broken, raising=True)
        assert "secret" not in is_problem(send(client, [event(1)]), 500)
        assert "secret detail" in caplog.text

    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
    def test_another_method(self, client, method):
        answer = getattr(client, method)("/api/v1/events")
        is_problem(answer, 405)
        assert "POST" in answer.headers["Allow"]

    @pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v1/", "/api/v1/nosuch", "/api/v1/events/"])
    def test_an_address_that_is_not_there(self, client, path):
        for method in (client.get, client.post):
            is_problem(method(path), 404)
