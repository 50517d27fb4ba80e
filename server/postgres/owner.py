"""Whose the tables of the private PostgreSQL are: a role without superuser, so that no session of ours leads to one.

The superuser that made the cluster keeps it; the server, its commands and its migrations connect as the owner of the
tables, as they do on a PostgreSQL of one's own. What an older version made as the superuser is given over once.
"""

import os
import secrets
from pathlib import Path

from server.postgres.place import Account

OWNER = "books_owner"
_LOCK = 7_266_003

# Also after a restore of what an older version made, and when there is a role that an older version did not know.
_IS_THE_OWNERS = """
select pg_get_userbyid(datdba) = 'books_owner'
       and not exists (select from pg_class
                        where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) <> 'books_owner')
       and exists (select from pg_roles where rolname = 'finzbooks_steward')
  from pg_database
 where datname = current_database()
"""

# The owner may make no roles, because in older versions who may can make itself nearly anything.
_ROLES = """
do $$
begin
  if not exists (select from pg_roles where rolname = 'books_owner') then
    create role books_owner login nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
  if not exists (select from pg_roles where rolname = 'finzbooks_app') then
    create role finzbooks_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'finzbooks_housekeeper') then
    create role finzbooks_housekeeper nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'finzbooks_operator') then
    create role finzbooks_operator nologin in role finzbooks_app;
  end if;
  if not exists (select from pg_roles where rolname = 'finzbooks_doorkeeper') then
    create role finzbooks_doorkeeper nologin in role finzbooks_app;
  end if;
  if not exists (select from pg_roles where rolname = 'finzbooks_steward') then
    create role finzbooks_steward nologin in role finzbooks_app;
  end if;
  grant finzbooks_app, finzbooks_housekeeper, finzbooks_operator, finzbooks_doorkeeper, finzbooks_steward
     to books_owner with admin option;
  execute format('alter database %I owner to books_owner', current_database());
end $$;
"""

# Indexes, the rows' types and the sequences of columns go with their tables.
_GIVE_OVER = """
do $$
declare
  command text;
begin
  for command in
    select format('alter table %s owner to books_owner', oid::regclass)
      from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
    union all
    select format('alter sequence %s owner to books_owner', sequence.oid::regclass)
      from pg_class as sequence
     where relnamespace = 'public'::regnamespace and relkind = 'S'
       and not exists (select from pg_depend
                        where classid = 'pg_class'::regclass and objid = sequence.oid and deptype in ('a', 'i'))
    union all
    select format('alter routine %s owner to books_owner', oid::regprocedure)
      from pg_proc
     where pronamespace = 'public'::regnamespace
    union all
    select format('alter type %s owner to books_owner', kind.oid::regtype)
      from pg_type as kind
      left join pg_class as relation on relation.oid = kind.typrelid
     where typnamespace = 'public'::regnamespace and (typtype in ('e', 'd') or relation.relkind = 'c')
  loop
    execute command;
  end loop;
end $$;
"""


def give_to_owner(superuser: str, password_file: Path, account: Account | None) -> str:
    """Make sure that the database at ``superuser``'s URL is its owner's, and return the owner's password."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(superuser) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        if connection.execute(_IS_THE_OWNERS).fetchone() == (True,) and password_file.exists():
            return password_file.read_text().strip()
        password = secrets.token_urlsafe(24)
        connection.execute(_ROLES.encode())
        connection.execute(sql.SQL(f"alter role {OWNER} password {{}}").format(sql.Literal(password)))
        connection.execute(_GIVE_OVER.encode())
        _keep(password, password_file, account)
    return password


def _keep(password: str, file: Path, account: Account | None) -> None:
    """Write the password at one stroke, closed to all but the owner of the cluster's files."""
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(password)
    if account:
        os.chown(fresh, account.uid, account.gid)
    fresh.replace(file)
