"""The public API as it is published: its description, documents, examples and problems. No ORM."""
