"""SQL of second factors."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from operational.auth.models_factors import login_challenge, passkey, recovery_code, totp
from operational.core.db import UnitOfWork


async def put_totp(work: UnitOfWork, user_id: UUID, secret: str) -> None:
    """Keep a new authenticator secret, not confirmed yet, instead of one that was never confirmed."""
    fresh = {"secret": secret, "created_at": work.now, "confirmed_at": None, "last_step": None}
    statement = upsert(totp).values(tenant_id=work.tenant_id, user_id=user_id, **fresh)
    await work.write(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "user_id"], set_=fresh, where=totp.c.confirmed_at.is_(None)
        )
    )


async def lock_totp(work: UnitOfWork, user_id: UUID) -> Row[Any] | None:
    """A person's authenticator, locked until the end of the transaction, so that a code counts once."""
    query = select(totp).where(totp.c.tenant_id == work.tenant_id, totp.c.user_id == user_id)
    return (await work.read(query.with_for_update())).first()


async def use_totp(work: UnitOfWork, user_id: UUID, step: int) -> None:
    """Note that the code of a time step was taken; the first one confirms the authenticator."""
    await work.write(
        update(totp)
        .where(totp.c.tenant_id == work.tenant_id, totp.c.user_id == user_id)
        .values(last_step=step, confirmed_at=func.coalesce(totp.c.confirmed_at, work.now))
    )


async def remove_totp(work: UnitOfWork, user_id: UUID) -> bool:
    """Forget a person's authenticator; False when there is none."""
    statement = delete(totp).where(totp.c.tenant_id == work.tenant_id, totp.c.user_id == user_id)
    return (await work.write(statement)).rowcount == 1


async def put_codes(work: UnitOfWork, user_id: UUID, digests: Collection[str]) -> None:
    """Replace a person's recovery codes."""
    await work.write(
        delete(recovery_code).where(recovery_code.c.tenant_id == work.tenant_id, recovery_code.c.user_id == user_id)
    )
    if digests:
        rows = [{"tenant_id": work.tenant_id, "user_id": user_id, "digest": digest} for digest in digests]
        await work.write(insert(recovery_code), rows)


async def use_code(work: UnitOfWork, user_id: UUID, digest: str) -> bool:
    """Use a recovery code up; False for one that is not there or was used."""
    statement = (
        update(recovery_code)
        .where(
            recovery_code.c.tenant_id == work.tenant_id,
            recovery_code.c.user_id == user_id,
            recovery_code.c.digest == digest,
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=work.now)
    )
    return (await work.write(statement)).rowcount == 1


async def factors_of(work: UnitOfWork, user_id: UUID) -> dict[str, Any]:
    """A person's factors: since when there is a confirmed authenticator, passkeys, and how many codes are left."""
    app = select(totp.c.confirmed_at).where(totp.c.tenant_id == work.tenant_id, totp.c.user_id == user_id)
    left = select(func.count()).where(
        recovery_code.c.tenant_id == work.tenant_id,
        recovery_code.c.user_id == user_id,
        recovery_code.c.used_at.is_(None),
    )
    return {
        "totp_since": (await work.read(app)).scalar(),
        "passkeys": await passkeys_of(work, user_id),
        "codes_left": int((await work.read(left)).scalar_one()),
    }


async def passkeys_of(work: UnitOfWork, user_id: UUID) -> Sequence[Row[Any]]:
    """A person's passkeys, the oldest first."""
    query = select(passkey).where(passkey.c.tenant_id == work.tenant_id, passkey.c.user_id == user_id)
    return (await work.read(query.order_by(passkey.c.created_at, passkey.c.id))).all()


async def add_passkey(
    work: UnitOfWork, user_id: UUID, *, credential_id: str, public_key: bytes, sign_count: int, name: str
) -> None:
    """Keep a new passkey."""
    row = {"credential_id": credential_id, "public_key": public_key, "sign_count": sign_count, "name": name}
    await work.write(insert(passkey).values(tenant_id=work.tenant_id, user_id=user_id, created_at=work.now, **row))


async def find_passkey(work: UnitOfWork, credential_id: str) -> Row[Any] | None:
    """A passkey by the id browsers know it by, locked until the end of the transaction."""
    query = select(passkey).where(passkey.c.tenant_id == work.tenant_id, passkey.c.credential_id == credential_id)
    return (await work.read(query.with_for_update())).first()


async def tenants_of_passkey(connection: AsyncConnection, credential_id: str) -> list[UUID]:
    """The tenants that know a passkey; as the log-in role."""
    query = select(passkey.c.tenant_id).where(passkey.c.credential_id == credential_id)
    return list(await connection.scalars(query))


async def use_passkey(work: UnitOfWork, passkey_id: UUID, sign_count: int) -> None:
    """Note a use."""
    await work.write(
        update(passkey)
        .where(passkey.c.tenant_id == work.tenant_id, passkey.c.id == passkey_id)
        .values(sign_count=sign_count, last_used_at=work.now)
    )


async def remove_passkey(work: UnitOfWork, user_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey of a person; False when there is none such."""
    statement = delete(passkey).where(
        passkey.c.tenant_id == work.tenant_id, passkey.c.user_id == user_id, passkey.c.id == passkey_id
    )
    return (await work.write(statement)).rowcount == 1


async def remove_factors(work: UnitOfWork, user_id: UUID) -> None:
    """Forget every factor of a person."""
    for table in (totp, recovery_code, passkey):
        await work.write(delete(table).where(table.c.tenant_id == work.tenant_id, table.c.user_id == user_id))


async def add_challenge(
    work: UnitOfWork, user_id: UUID, digest: str, expires_at: datetime, *, used: bool = False
) -> bool:
    """Keep a challenge; False when it is known already."""
    row = {"user_id": user_id, "digest": digest, "expires_at": expires_at, "used_at": work.now if used else None}
    statement = upsert(login_challenge).values(tenant_id=work.tenant_id, **row)
    once = statement.on_conflict_do_nothing(index_elements=["tenant_id", "digest"]).returning(login_challenge.c.id)
    return (await work.write(once)).first() is not None


async def try_challenge(work: UnitOfWork, digest: str, most: int) -> UUID | None:
    """Count an answer to a challenge that goes on; returns whose it is, None when it is over."""
    statement = (
        update(login_challenge)
        .where(
            login_challenge.c.tenant_id == work.tenant_id,
            login_challenge.c.digest == digest,
            login_challenge.c.used_at.is_(None),
            login_challenge.c.expires_at > work.now,
            login_challenge.c.attempts < most,
        )
        .values(attempts=login_challenge.c.attempts + 1)
        .returning(login_challenge.c.user_id)
    )
    user_id: UUID | None = (await work.write(statement)).scalar()
    return user_id


async def use_challenge(work: UnitOfWork, digest: str) -> bool:
    """End a challenge; False when somebody was faster."""
    statement = (
        update(login_challenge)
        .where(
            login_challenge.c.tenant_id == work.tenant_id,
            login_challenge.c.digest == digest,
            login_challenge.c.used_at.is_(None),
        )
        .values(used_at=work.now)
    )
    return (await work.write(statement)).rowcount == 1


async def forget_challenges(work: UnitOfWork, after: timedelta) -> None:
    """Drop what is long over."""
    await work.write(
        delete(login_challenge).where(
            login_challenge.c.tenant_id == work.tenant_id, login_challenge.c.expires_at < work.now - after
        )
    )
