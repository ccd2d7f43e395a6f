"""The only SQL: tables, migrations and what is read from and written to them.

Nothing outside this package builds a statement. SQLite and PostgreSQL run the same code.
"""

from mpp.store.database import Read, Store, Write

__all__ = ["Read", "Store", "Write"]
