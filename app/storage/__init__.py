"""Tables, migrations, named queries, encryption at rest, purge."""
