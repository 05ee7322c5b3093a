"""Backups of a home: one file that holds everything, and a home made from it again."""
