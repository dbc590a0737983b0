"""The register's tables: decisions only, never what can be derived again.

Plain SQLAlchemy Core types, so that the same statements run on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION: Final = "3"  # a new one needs a step in `migrations`
metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("reference", String(60)),
    Column("programme", String(60), nullable=False),
    Column("department", String(3)),
    Column("commune", String(5)),
    Column("right_until", Date, nullable=False),
    Column("first_name", String(40)),
    Column("card", Integer, nullable=False),
    Column("closed", BigInteger),
    # When the person asked to be forgotten: nameless since, gone once no voucher can be met any more.
    Column("erased", BigInteger),
    Index("people_by_reference", "reference"),
    Index("people_by_first_name", "first_name"),
)

# Numbers of people who are gone, with the last card's serial: its code is nobody else's, ever.
retired = Table(
    "retired",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("card", Integer, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("kid", String(8), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("public", LargeBinary(32), nullable=False),
    Column("programme", String(60)),
    Column("use_from", BigInteger, nullable=False),
    Column("use_until", BigInteger, nullable=False),
    Column("accept_until", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("definition", Text, nullable=False),
)

# One row: this card holds vouchers and codes of these offers of this campaign, signed by this key.
grants = Table(
    "grants",
    metadata,
    Column("campaign", String(60), ForeignKey("campaigns.name"), primary_key=True),
    Column("person", BigInteger, ForeignKey("people.number"), primary_key=True),
    Column("card", Integer, primary_key=True),
    Column("kid", String(8), ForeignKey("keys.kid"), nullable=False),
    Column("offers", Text, nullable=False),
    Index("grants_by_person", "person"),
)

revocations = Table(
    "revocations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("person", BigInteger, ForeignKey("people.number")),
    Column("card", Integer),
    Column("offer", BigInteger),
    Column("kid", String(8), ForeignKey("keys.kid")),
    Column("before", BigInteger),
    Column("at", BigInteger, nullable=False),
)

# Codes and barcodes of which each person gets one. `person` is set once and never again; `spent` is 1 once
# whoever had it is gone.
stock = Table(
    "stock",
    metadata,
    Column("offer", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("person", BigInteger, ForeignKey("people.number")),
    Column("spent", Integer, nullable=False, server_default="0"),
    Index("stock_by_person", "person"),
)

# Bearer vouchers that were printed: serials first..first+count−1 of an offer of a campaign.
paper = Table(
    "paper",
    metadata,
    Column("campaign", String(60), ForeignKey("campaigns.name"), primary_key=True),
    Column("offer", BigInteger, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("kid", String(8), ForeignKey("keys.kid"), nullable=False),
)

trust_lists = Table(
    "trust_lists",
    metadata,
    Column("partner", String(60), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("issued", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
)

# What the desk did, for undoing it and so that a form that is sent twice counts once. `people` holds each
# person before and after, and is emptied a day later.
actions = Table(
    "actions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("count", Integer, nullable=False),
    Column("people", Text),
    Column("undone", BigInteger),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

# The log's rows that were signed (issuer.audit_seal).
audit_seals = Table(
    "audit_seals",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("signature", LargeBinary(64), nullable=False),
)
