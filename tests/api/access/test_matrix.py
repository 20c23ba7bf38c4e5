"""Access by place: every operation of the document lets in whom its row names, and nobody else."""

from copy import deepcopy
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from tests.api.access.document import APP, DOCUMENT, KNOWN, MATRIX, OPERATIONS
from tests.api.access.matrix import Kind, disagreements
from tests.api.access.summary import Count
from tests.api.access.trying import Doors, cells
from tests.api.stories.hall import operations_of


def test_the_rows_are_the_operations_of_the_document_with_their_scopes() -> None:
    assert not list(disagreements(MATRIX.rows, OPERATIONS))


def test_nothing_else_is_served_than_what_the_document_shows() -> None:
    served = {route.path_format for route in iter_route_contexts(APP.routes)}
    assert served - set(DOCUMENT["paths"]) == MATRIX.undocumented


def test_a_row_that_is_missing_superfluous_or_of_another_scope_is_found() -> None:
    document = deepcopy(DOCUMENT)
    items: dict[str, Any] = document["paths"]["/v1/centres/{centre}/items"]["get"]  # Any: free JSON
    items["security"] = [{"bearer": ["cases:read"]}]
    del document["paths"]["/v1/codes"]
    document["paths"]["/livez"]["get"]["operationId"] = "new"
    found = set(disagreements(MATRIX.rows, operations_of(document)))
    found -= set(disagreements(MATRIX.rows, OPERATIONS))
    named = {line.partition(":")[0] for line in found}
    assert named == {"list_code_sets", "list_items", "live", "new"}


@pytest.mark.parametrize("id_", KNOWN)
async def test_every_kind_of_token_is_answered_as_declared(
    doors: Doors, id_: str, record_property: Count
) -> None:
    tried = [cell async for cell in cells(doors, id_)]
    record_property("cells", len(tried))
    assert len(tried) > len(Kind)
    assert not [str(cell) for cell in tried if not cell.right]
