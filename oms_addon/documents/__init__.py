"""The canonical documents, their parsing and their problems, without the ORM."""
