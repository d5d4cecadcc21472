"""The SQL of the schema's steps, by what they are about; ``storage/migrations.py`` says which step runs what."""
