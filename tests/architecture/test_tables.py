"""Every table belongs to an organisation; every column says whose it is and how long it stays."""

import pytest
from sqlalchemy import Table

from beenthere import schema
from core.tables import Retention

TABLES = sorted(schema.all_tables().tables.values(), key=lambda table: table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_but_one_belongs_to_an_organisation(table: Table) -> None:
    if table.name != "organisation":
        assert not table.c.organisation_id.nullable


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_whose_it_is_and_how_long_it_is_kept(table: Table) -> None:
    for column in table.columns:
        assert set(column.info) == {"personal", "retention", "copied"}, column
        assert isinstance(column.info["retention"], Retention), column
        owner = column.info["personal"]
        assert owner is None or owner in table.c, f"{column}: no column {owner}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_sealed_columns_are_bytes_and_never_indexed(table: Table) -> None:
    sealed = {column.name for column in table.columns if column.name.endswith("_sealed")}
    for name in sealed:
        assert str(table.c[name].type) in {"BLOB", "BYTEA"}
    for index in table.indexes:
        assert not sealed & {column.name for column in index.columns}
