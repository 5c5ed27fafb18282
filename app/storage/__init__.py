"""What is kept, for how long, and how: tables, migrations, named queries, encryption at rest, purge."""
