"""Makes tables through SQLAlchemy's Redshift dialect and reads their definitions back.

Run by the clients' own Python: ``reflect_tables.py <driver>``, with libpq's variables for the server.
"""

from __future__ import annotations

import os
import sys

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.schema import CreateTable

ARGUMENTS = {"psycopg2": {"sslmode": "prefer"}, "redshift_connector": {"ssl": False}}
SCHEMA = f"reflected_{sys.argv[1]}"
Base = orm.declarative_base(metadata=sa.MetaData(schema=SCHEMA))


class Song(Base):
    __tablename__ = "songs"
    __table_args__ = (sa.UniqueConstraint("title", "year"), {"redshift_diststyle": "ALL"})
    song_id = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    title = sa.Column(sa.Unicode(64), info={"encode": "lzo"})
    year = sa.Column(sa.Integer, server_default=sa.text("5"))


class Play(Base):
    __tablename__ = "plays"
    __table_args__ = (
        {"redshift_diststyle": "KEY", "redshift_distkey": "song_id", "redshift_sortkey": ("at", "play_id")},
    )
    play_id = sa.Column(sa.BigInteger, primary_key=True, redshift_identity=(1, 1))
    song_id = sa.Column(sa.Integer, sa.ForeignKey(Song.song_id), nullable=False)
    at = sa.Column(sa.DateTime)
    seconds = sa.Column(sa.Numeric(10, 2))


def engine() -> sa.Engine:
    url = sa.URL.create(
        f"redshift+{sys.argv[1]}",
        os.environ["PGUSER"],
        os.environ["PGPASSWORD"],
        os.environ["PGHOST"],
        int(os.environ["PGPORT"]),
        os.environ["PGDATABASE"],
    )
    return sa.create_engine(url, connect_args=ARGUMENTS[sys.argv[1]])


def definition(table: sa.Table, engine: sa.Engine) -> str:
    return " ".join(str(CreateTable(table).compile(dialect=engine.dialect)).split())


def main() -> None:
    redshift = engine()
    with redshift.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(sa.text(f"CREATE SCHEMA {SCHEMA}"))
    Base.metadata.create_all(redshift)
    with orm.Session(redshift) as session:
        session.add_all([Song(song_id=1, title="Yellow", year=2000), Song(song_id=2, title="Clocks", year=2002)])
        session.commit()
        session.execute(sa.insert(Play).inline().values(song_id=2, seconds=1.5))
        session.commit()
        found = session.query(Song.title, Play.play_id, Play.seconds).join(Play, Play.song_id == Song.song_id).all()
        assert [(row[0], float(row[2])) for row in found] == [("Clocks", 1.5)], found

    inspector = sa.inspect(redshift)
    assert sorted(inspector.get_table_names(SCHEMA)) == ["plays", "songs"]
    assert inspector.get_pk_constraint("songs", SCHEMA)["constrained_columns"] == ["song_id"]
    assert inspector.get_unique_constraints("songs", SCHEMA)[0]["column_names"] == ["title", "year"]
    assert inspector.get_foreign_keys("plays", SCHEMA)[0]["referred_table"] == "songs"
    with redshift.begin() as connection:
        connection.execute(sa.text(f"CREATE VIEW {SCHEMA}.titles AS SELECT title FROM {SCHEMA}.songs"))
    inspector.clear_cache()
    assert inspector.get_view_names(SCHEMA) == ["titles"]
    assert "SELECT" in inspector.get_view_definition("titles", SCHEMA)

    reflected = sa.MetaData(schema=SCHEMA)
    reflected.reflect(redshift)
    for table in Base.metadata.sorted_tables:
        again = definition(reflected.tables[table.fullname], redshift)
        for part in ("DISTSTYLE", "PRIMARY KEY", "IDENTITY", "SORTKEY", "DISTKEY", "DEFAULT 5", "ENCODE lzo"):
            assert (part in definition(table, redshift)) == (part in again), (part, again)
    with redshift.begin() as connection:
        connection.execute(sa.text(f"DROP VIEW {SCHEMA}.titles"))
    Base.metadata.drop_all(redshift)
    print("all as declared")


if __name__ == "__main__":
    main()
