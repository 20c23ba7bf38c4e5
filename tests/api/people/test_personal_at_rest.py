"""Personal data at rest: the database holds none of it in clear, and its key opens it alone."""

import os
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.api import logging, personal_keys
from app.api.personal_keys import Box, PersonalDataLost, PersonalKeysWrong, Vault, opened
from app.db import demo, persons
from app.db.base import metadata
from app.db.engine import open_engine, transaction
from app.db.ids import uuid7
from app.db.repositories import Repositories
from app.domain.personal import PersonalField
from tests.api.people.conftest import Hire
from tests.api.people.staff import Staff
from tests.databases import Clone

NAME, PHONE, ID_NUMBER = "司徒长空", "13912345678", "11010519491231002X"
NOTE = "述职时提到家中变故"
SECRETS = (NAME, PHONE, ID_NUMBER, NOTE)
ONE, OTHER = os.urandom(32), os.urandom(32)


async def test_nothing_personal_is_kept_logged_or_told_in_clear(hire: Hire) -> None:
    staff, log = await hire("aohan"), StringIO()
    logging.configure("debug", log)
    try:
        refused = await everything_done(staff)
    finally:
        logging.configure()
    assert log.getvalue()
    told = [log.getvalue(), *refused, *[each async for each in everything_kept(staff.kept)]]
    as_bytes = [secret.encode().hex() for secret in SECRETS]
    assert not [secret for secret in (*SECRETS, *as_bytes) if any(secret in t for t in told)]


async def everything_done(staff: Staff) -> list[str]:
    """Each operation on personal data once; what the refused ones said."""
    said = {"name": NAME, "phone": PHONE, "id_number": ID_NUMBER}
    person = await staff.person(**said)
    posting = await staff.posting(await staff.department(), person_id=person)
    record = {"kind": "daily", "day": "2025-10-09", "code": "talk", "note": NOTE}
    await staff.made(f"/postings/{posting}/records", record)
    full = {"purpose": "核对", "fields": ["name", "id_number", "phone"], "records": True}
    shown = await staff.post(f"/persons/{person}/disclosures", full)
    assert all(secret in shown.text for secret in SECRETS)
    await staff.get(f"/persons/{person}")
    changed = {"reason": "更正", "name": NAME + "一", "phone": PHONE}
    await staff.post(f"/persons/{person}/correction", changed)
    for number in ("id_number", "phone"):
        await staff.post("/persons/search", {"purpose": "查重", number: said[number]})
    twice = await staff.post("/persons", {"subject": uuid4().hex, "role": "clerk", **said})
    wrong = await staff.post("/persons", {**said, "subject": PHONE, "role": "clerk"})
    assert (twice.status_code, wrong.status_code) == (409, 422)
    return [twice.text, wrong.text]


async def everything_kept(kept: Repositories) -> AsyncIterator[str]:
    """Each row of each table, as PostgreSQL writes it."""
    async with kept.engine.connect() as connection:
        for table in metadata.sorted_tables:
            whole = f'SELECT "{table.name}"::text FROM "{table.name}"'  # noqa: S608 - our own
            for row in await connection.execute(text(whole)):
                yield row[0]


@pytest.fixture
async def kept(fresh_database: Clone) -> AsyncIterator[Repositories]:
    """A database as an earlier release has left it: with names in clear."""
    engine = open_engine(fresh_database.service_url, size=2)
    await demo.ensure(engine)
    yield Repositories.over(engine)
    await engine.dispose()


async def names(kept: Repositories, vault: Vault) -> list[str | None]:
    """The names of the first centre's people, as somebody with that key reads them."""
    centre = demo.CENTRES[0].id
    async with kept.engine.connect() as connection:
        box = await personal_keys.box_for_reading(connection, vault, centre)
        found = await persons.listed(connection, centre, after=None, limit=100)
    return [opened(each, box).name for each in found]


async def clear(kept: Repositories) -> int:
    async with kept.engine.connect() as connection:
        found = await connection.execute(text("SELECT count(*) FROM person WHERE name IS NOT NULL"))
        return int(found.scalar_one())


async def test_names_in_clear_are_sealed_when_the_service_starts(kept: Repositories) -> None:
    vault = Vault([ONE])
    assert await clear(kept) == 5 * len(demo.CENTRES)
    assert await names(kept, vault) == list(demo.NAMES)
    await personal_keys.prepare(kept, vault)
    assert await clear(kept) == 0
    assert await names(kept, vault) == list(demo.NAMES)
    await demo.ensure(kept.engine)
    assert await clear(kept) == 0


async def test_a_new_master_key_wraps_anew_and_the_old_one_may_go(kept: Repositories) -> None:
    await personal_keys.prepare(kept, Vault([ONE]))
    both = Vault([OTHER, ONE])
    assert await names(kept, both) == list(demo.NAMES)
    await personal_keys.prepare(kept, both)
    assert await names(kept, Vault([OTHER])) == list(demo.NAMES)
    with pytest.raises(PersonalKeysWrong):
        await personal_keys.prepare(kept, Vault([ONE]))


async def test_without_a_centres_key_its_data_are_gone_and_its_people_stay(
    kept: Repositories, fresh_database: Clone
) -> None:
    vault = Vault([ONE])
    await personal_keys.prepare(kept, vault)
    owner = open_engine(fresh_database.owner_url, size=1)
    async with transaction(owner) as connection:
        await connection.execute(text("DELETE FROM personal_key"))
    await owner.dispose()
    with pytest.raises(PersonalDataLost):
        await names(kept, vault)
    async with transaction(kept.engine) as connection:
        await personal_keys.box_of(connection, vault, demo.CENTRES[0].id)
    with pytest.raises(PersonalDataLost):
        await names(kept, vault)


def test_what_is_sealed_opens_for_its_centre_person_and_field_alone() -> None:
    centre, person, key = uuid7(), uuid7(), os.urandom(32)
    box = Box(centre, key)
    sealed = box.seal(person, "name", NAME)
    assert box.open(person, "name", sealed) == NAME
    assert NAME.encode() not in sealed
    assert box.seal(person, "name", NAME) != sealed
    for place, owner, field in (
        (uuid7(), person, "name"),
        (centre, uuid7(), "name"),
        (centre, person, "phone"),
    ):
        with pytest.raises(PersonalDataLost):
            Box(place, key).open(owner, field, sealed)
    for broken in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"\x01"):
        with pytest.raises(PersonalDataLost):
            box.open(person, "name", broken)


def test_equal_values_are_found_in_one_centre_and_field_and_nowhere_else() -> None:
    key = os.urandom(32)
    box = Box(uuid7(), key)
    same = box.index(PersonalField.PHONE, PHONE)
    assert same == Box(uuid7(), key).index(PersonalField.PHONE, PHONE)
    assert same != box.index(PersonalField.ID_NUMBER, PHONE)
    assert same != Box(box.centre_id, os.urandom(32)).index(PersonalField.PHONE, PHONE)


def test_a_data_key_is_wrapped_for_its_centre() -> None:
    vault, centre, key = Vault([ONE]), uuid7(), os.urandom(32)
    wrapped = vault.wrap(centre, key)
    assert vault.unwrap(centre, wrapped) == key
    assert key not in wrapped
    for other, held in ((uuid7(), vault), (centre, Vault([OTHER]))):
        with pytest.raises(PersonalKeysWrong, match="GUIJU_PERSONAL_KEYS"):
            held.unwrap(other, wrapped)


def test_the_master_key_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "personal.key"
    centre, key = uuid7(), os.urandom(32)
    wrapped = Vault.from_file(path).wrap(centre, key)
    assert Vault.from_file(path).unwrap(centre, wrapped) == key
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("written", [b"", b"AAAA", b"A" * 40, b"not base64!"])
def test_a_file_without_a_master_key_is_refused_by_its_name(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "personal.key"
    path.write_bytes(written)
    with pytest.raises(ValueError, match=r"personal\.key"):
        Vault.from_file(path)
