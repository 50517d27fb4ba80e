"""PostgreSQL: connections, sessions and their pool, migrations, and a private cluster where there is no server."""
