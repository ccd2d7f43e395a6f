"""The services the tests stand on: found or started, clean at the start, left as they were."""

import pytest
import redis
from sqlalchemy import create_engine, inspect, make_url, text

from mpp.store import migrate
from tests import services
from tests.world import world


def test_a_missing_service_skips_and_names_itself(monkeypatch):
    monkeypatch.delenv("MPP_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="redis: nothing there"):
        services.require("redis", "nothing there")


def test_a_required_service_fails(monkeypatch):
    monkeypatch.setenv("MPP_TEST_REQUIRE", "postgres, redis")
    with pytest.raises(pytest.fail.Exception, match="redis is required"):
        services.require("redis", "nothing there")
    with pytest.raises(pytest.skip.Exception):
        services.require("chromium", "nothing there")


def test_a_slip_in_the_demand_is_told(monkeypatch):
    monkeypatch.setenv("MPP_TEST_REQUIRE", "postgresql")
    with pytest.raises(pytest.UsageError, match="known: postgres"):
        services.required()


def test_an_address_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.delenv("MPP_TEST_REQUIRE", raising=False)
    closed = services.free_port()
    monkeypatch.setenv("MPP_TEST_POSTGRES_URL", f"postgresql://nobody@127.0.0.1:{closed}/test")
    with pytest.raises(pytest.skip.Exception, match="MPP_TEST_POSTGRES_URL"), services.postgres_server():
        pass
    monkeypatch.setenv("MPP_TEST_REDIS_URL", f"redis://127.0.0.1:{closed}")
    with pytest.raises(pytest.skip.Exception, match="MPP_TEST_REDIS_URL"), services.redis_server():
        pass


def test_a_database_is_empty_at_the_start(bare_url):
    engine = create_engine(bare_url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("create table seen (id integer)"))
        assert connection.execute(text("select count(*) from seen")).scalar_one() == 0
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_has_its_tables_and_nothing_in_them_however_often(database_url, turn):
    with world(database_url) as w:
        assert w.events() == []
        assert w.words(w.item("ticket.issued", "a", -1)) == ["accepted"]
        assert migrate.current(w.store.engine) == migrate.head()


def test_a_postgres_database_is_gone_afterwards(postgres_server):
    with services.postgres_database(postgres_server) as url:
        name = make_url(url).database
        held = services.postgres_connection(url)
    held.close()
    with services.postgres_connection(postgres_server) as connection:
        left = connection.execute("select count(*) from pg_database where datname = %s", [name]).fetchone()
    assert left == (0,)


def test_a_cluster_of_our_own(tmp_path):
    programs = services.postgres_programs()
    if programs is None:
        services.require("postgres", "no initdb to start a server")
    with services.own_postgres(programs) as url:
        assert services.postgres_answers(url)
    assert not services.postgres_answers(url)


def test_two_redis_databases_do_not_meet(redis_server, redis_url):
    with services.redis_database(redis_server) as other:
        assert other != redis_url
        with redis.Redis.from_url(redis_url) as mine, redis.Redis.from_url(other) as theirs:
            mine.set("key", "mine")
            assert theirs.get("key") is None
    with redis.Redis.from_url(other) as theirs:
        assert theirs.dbsize() == 0


def test_a_redis_of_our_own_stops_and_comes_back(own_redis):
    assert services.redis_answers(own_redis.url)
    own_redis.stop()
    assert not services.redis_answers(own_redis.url)
    own_redis.start()
    assert services.redis_answers(own_redis.url)


@pytest.mark.browser
def test_the_browser_draws_a_page(page):
    page.set_content("<h1>Ruang Kendali</h1>")
    assert page.get_by_role("heading").inner_text() == "Ruang Kendali"
    assert page.evaluate("navigator.language") == "id-ID"
