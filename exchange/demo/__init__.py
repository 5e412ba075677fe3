"""The demo branch: an invented branch with three years of records. docs/demo.md says what it shows.

people, partners, year_2023 … year_2025, second: the data; rows: how a row is written; pictures: drawn evidence;
load: everything into the database, through the services.
"""
