"""Migrations go both ways and make what the tables say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from mpp.store import Store, migrate
from mpp.store.database import engine_options
from mpp.store.tables import metadata


def test_up_makes_the_tables_and_down_takes_them_away(database_url: str) -> None:
    engine = create_engine(database_url, **engine_options(database_url))
    store = Store(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head()
    assert {*inspect(engine).get_table_names()} == {*metadata.tables, "alembic_version"}
    assert inspect(engine).get_view_names() == ["visits"]
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    migrate.upgrade(engine)
    migrate.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert inspect(engine).get_view_names() == []
    migrate.upgrade(engine)
    store.close()
