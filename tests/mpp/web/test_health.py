"""/healthz, /readyz and /metrics: true, and true when something is wrong."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mpp.jobs import LEASE, Jobs
from mpp.store import leases, migrate
from mpp.web.context import parts_of
from tests.mpp.web.house import body, event, life, send, sign_in


def ready(client, **given):
    answer = client.get("/readyz", **given)
    return answer.status_code, body(answer)["checks"]


PROMETHEUS = {"Authorization": "Bearer token-of-prometheus"}


@pytest.fixture
def app(house_of):
    return house_of(metrics_token="token-of-prometheus")


@pytest.fixture
def running(app, monkeypatch):
    """The app as if it were served: its jobs live."""
    monkeypatch.setattr(Jobs, "alive", property(lambda self: True))
    return app


def samples(client):
    """Value by (name, labels in the order of their names) of everything Prometheus is told."""
    families = text_string_to_metric_families(client.get("/metrics", headers=PROMETHEUS).text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


class TestReady:
    def test_alive(self, client):
        assert client.get("/healthz").text == "ok\n"

    def test_all_is_well(self, running, client):
        status, checks = ready(client)
        assert status == 200
        assert {name: check["state"] for name, check in checks.items()} == dict.fromkeys(
            ("database", "migrations", "jobs", "description", "redis"), "ok"
        )

    def test_jobs_that_do_not_run(self, client):
        status, checks = ready(client)
        assert status == 503
        assert checks["jobs"]["state"] == "failed"
        for what in ("days", "actions", "description"):
            assert what in checks["jobs"]["detail"]

    def test_a_job_that_failed(self, running, client):
        parts_of(running).jobs.errors["closing"] = "no such table: legs\n[SQL: SELECT 1]"
        status, checks = ready(client)
        assert (status, checks["jobs"]["state"]) == (200, "warning")
        assert checks["jobs"]["detail"] == "closing: no such table: legs"
        parts_of(running).jobs.run_due(0.0)
        assert ready(client)[1]["jobs"] == {"state": "ok"}

    def test_a_process_that_does_not_load_the_file_knows_its_mistakes(self, running, client):
        parts = parts_of(running)
        with parts.store.write() as tx:
            leases.take(tx, LEASE, "another process", parts.now(), 60)
        parts.description.path.write_text("[mall")
        parts.jobs.run_due(0.0)
        status, checks = ready(client)
        assert (status, checks["description"]["state"]) == (200, "warning")
        assert "mpp.toml" in checks["description"]["detail"]

    def test_a_faulty_description_is_named_and_the_old_one_stays(self, running, client, caplog):
        parts = parts_of(running)
        path = parts.description.path
        path.write_text(path.read_text() + '\n[[agency]]\ncode = "dukcapil"\n')
        parts.description.load(parts.now())
        status, checks = ready(client)
        assert (status, checks["description"]["state"]) == (200, "warning")
        assert "dukcapil" in checks["description"]["detail"]
        assert "mpp.toml" in caplog.text
        assert samples(client)["mpp_description_mistakes",] >= 1
        assert send(client, event(1)).status_code == 200

    def test_no_mall_yet(self, tmp_path, monkeypatch):
        from mpp import create_app
        from mpp.settings import Settings

        monkeypatch.setattr(Jobs, "alive", property(lambda self: True))
        app = create_app(Settings(instance=tmp_path / "new"))
        client = sign_in(app, app.test_client())
        status, checks = ready(client)
        assert (status, checks["description"]["state"]) == (200, "warning")
        assert "mpp init" in checks["description"]["detail"]
        assert client.get("/ruang-kendali").status_code == 200
        assert body(client.get("/api/v1/board"))["mall_state"] == "none"
        monkeypatch.undo()
        parts_of(app).close()

    def test_tables_of_another_release(self, running, client):
        migrate.downgrade(parts_of(running).store.engine, "base")
        status, checks = ready(client)
        assert status == 503
        assert checks["migrations"]["state"] == "failed"

    def test_a_database_that_is_gone(self, running, client, monkeypatch):
        from sqlalchemy.exc import OperationalError

        def down():
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        monkeypatch.setattr(parts_of(running).store.engine, "connect", down)
        status, checks = ready(client)
        assert status == 503
        assert checks["database"]["state"] == checks["migrations"]["state"] == "failed"
        found = samples(client)
        assert found["mpp_database_up",] == 0
        assert ("mpp_info", parts_of(running).release) in found

    def test_details_are_for_those_who_may_look(self, app, client, stranger):
        for nobody in (stranger, sign_in(app, app.test_client(), "manager")):
            _, checks = ready(nobody)
            assert "detail" not in checks["jobs"]
        assert "detail" in ready(client)[1]["jobs"]
        assert "detail" in ready(stranger, headers=PROMETHEUS)[1]["jobs"]


class TestMetrics:
    def test_what_was_taken(self, client):
        send(client, [*life(1), event(2), event(2, ago=50), event(3, service="nosuch")])
        found = samples(client)
        assert found["mpp_intake_items_total", "dukcapil", "accepted"] == 5
        assert found["mpp_intake_items_total", "dukcapil", "conflict"] == 1
        assert found["mpp_intake_items_total", "dukcapil", "quarantined"] == 1
        assert found["mpp_quarantine_open", "unknown_service", "dukcapil"] == 1
        assert found["mpp_source_writes_total", "dukcapil"] == 1
        assert 0 <= found["mpp_source_age_seconds", "dukcapil"] < 60
        assert ("mpp_source_age_seconds", "imigrasi") not in found
        assert found["mpp_legs_open", "dukcapil"] == 1

    def test_how_it_goes(self, client):
        client.get("/api/v1/board")
        found = samples(client)
        assert found["mpp_database_up",] == 1
        assert found["mpp_live_viewers",] == 0
        assert found["mpp_board_build_seconds",] > 0
        assert found["mpp_redis_state", "none"] == 1
        assert found["mpp_redis_state", "up"] == 0
        assert found["mpp_jobs_alive",] == 0
        assert found["process_resident_memory_bytes",] > 1e6
