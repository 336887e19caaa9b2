"""The canonical documents: what they hold, how they are read and what can be wrong. No ORM."""
