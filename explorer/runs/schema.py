"""The tables of the store.

Only portable types and statements are used: SQLite by default, PostgreSQL by address.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

SCHEMA = 8
"""The version of the tables below; a database says which one it was made with."""

tables = MetaData()


def _of_run(index: bool = False) -> Column[str]:
    runs_id = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run_id", String(64), runs_id, nullable=False, index=index)


def _packed() -> Column[bool]:
    """Whether a row's bytes are as `explorer.runs.packing` makes them."""
    return Column("packed", Boolean, nullable=False, server_default=false())


meta = Table("meta", tables, Column("schema_version", Integer, primary_key=True))
runs = Table(
    "runs",
    tables,
    Column("id", String(64), primary_key=True),
    Column("config", Text, nullable=False),  # JSON
    Column("status", String(16), nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("parameters", Integer, nullable=False),
    Column("created", String(32), nullable=False, index=True),  # ISO 8601, UTC
    Column("message", Text, nullable=False),
    Column("parent", String(64)),
    Column("parent_step", Integer),
    Column("owner", String(80), nullable=False, server_default="", index=True),
    Column("group_id", String(64), nullable=False, server_default="", index=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("tags", Text, nullable=False, server_default="[]"),  # JSON
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("deleted", String(32)),  # ISO 8601, UTC; null: it is there
    Column(
        "rule", Integer, nullable=False, server_default="0"
    ),  # of thinning; 0: whole
)
groups = Table(
    "groups",
    tables,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("owner", String(80), nullable=False, index=True),
    Column("created", String(32), nullable=False),  # ISO 8601, UTC
    Column("facts", Text, nullable=False),  # JSON
)
members = Table(
    "members",
    tables,
    Column(
        "group_id",
        String(64),
        ForeignKey("groups.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("owner", String(80), nullable=False),
    Column("nickname", Text, nullable=False),
    Column("joined", String(32), nullable=False),  # ISO 8601, UTC
    Column("seen", Boolean, nullable=False, server_default=true()),
    Column("state", String(16), nullable=False, server_default="in"),
    PrimaryKeyConstraint("group_id", "owner"),
)
passes = Table(
    "passes",
    tables,
    Column("code", String(32), primary_key=True),
    Column(
        "group_id",
        String(64),
        ForeignKey("groups.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("opens", String(16), nullable=False),
    UniqueConstraint("group_id", "opens"),
)
teachers = Table(
    "teachers",
    tables,
    Column(
        "group_id",
        String(64),
        ForeignKey("groups.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("owner", String(80), nullable=False, index=True),
    PrimaryKeyConstraint("group_id", "owner"),
)
guesses = Table(
    "guesses",
    tables,
    Column(
        "group_id",
        String(64),
        ForeignKey("groups.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("owner", String(80), nullable=False),
    Column("guess", Text, nullable=False),  # JSON
    PrimaryKeyConstraint("group_id", "owner"),
)
contents = Table(
    "contents",
    tables,
    Column("digest", String(64), nullable=False),
    Column("owner", String(80), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("created", String(32), nullable=False),  # ISO 8601, UTC
    Column("size", Integer, nullable=False),  # bytes
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "owner"),
)
keys = Table(
    "keys",
    tables,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)
leases = Table(
    "leases",
    tables,
    Column("holder", String(64), primary_key=True),
    Column("where", Text, nullable=False),  # JSON
    Column("until", String(32), nullable=False),  # ISO 8601, UTC
)
chunks = Table(
    "chunks",
    tables,
    _of_run(),
    Column("first_step", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("values", LargeBinary, nullable=False),  # (6, length) float32, little-endian
    _packed(),
    PrimaryKeyConstraint("run_id", "first_step"),
)
validations = Table(
    "validations",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("loss", Float),  # SQLite turns nan into null
    Column("seconds", Float, nullable=False),
    Column("measures", Text, nullable=False, server_default="{}"),  # JSON, by name
    PrimaryKeyConstraint("run_id", "step"),
)
measures = Table(
    "measures",  # of an old run, in the place of those in `validations`
    tables,
    _of_run(),
    Column("values", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run_id"),
)
commands = Table(
    "commands",
    tables,
    Column("order", Integer, primary_key=True, autoincrement=True),
    _of_run(index=True),
    Column("step", Integer, nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", Float),
    Column("note", Text, nullable=False, server_default=""),
)
checkpoints = Table(
    "checkpoints",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("state", LargeBinary, nullable=False),
    _packed(),
    PrimaryKeyConstraint("run_id", "step"),
    Index("ix_checkpoints_size", "run_id", "size"),  # sums read no state
)
states = Table(
    "states",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    _packed(),
    PrimaryKeyConstraint("run_id"),
)
