"""The state folder: keys, register and root. Made once, whole; opened by every other command.

DIR/            0700
├── keys/       root-1..3, trust-1, campaign, issuing-<programme or common>-<quarter>, each .key
├── public/     root.N.cbor and keys.json: nothing secret
└── register.sqlite, or register.url with the address of a PostgreSQL
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cje.files import PUBLIC_MODE, Disk, locked
from issuer.errors import KeyRefused, StateRefused
from issuer.keys.derive import SECRET_SIZE, CampaignSecret
from issuer.keys.keyfile import (
    MODERATE,
    SEED_SIZE,
    SUFFIX,
    Cost,
    KeyHeader,
    Randomness,
    Role,
    open_key,
    read_header,
    write_key,
)
from issuer.keys.quarter import Quarter
from issuer.keys.root_ceremony import first_root
from issuer.keys.root_media import RootMedium, refuse_unfit
from issuer.keys.signer import SeedSigner, Signer
from issuer.keys.token import Pins, TokenSigner, no_pin, read_token_key
from issuer.register import audit, issuing_keys
from issuer.register.address import Place
from issuer.register.transactions import Register
from voucher import root
from voucher.errors import VoucherError
from voucher.root import Root

ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
TRUST_KEY: Final = "trust-1"
CAMPAIGN_KEY: Final = "campaign"
DATABASE: Final = "register.url"
_FOLDER_MODE: Final = 0o700
MAX_OPERATOR: Final = 80


@dataclass(frozen=True)
class State:
    """An open state folder.

    Attributes:
        root_file: the bytes of the newest root; `root` is what they say.
        pins: gives the PIN of a token that holds one of the keys.
    """

    folder: Path
    register: Register
    root: Root
    root_file: bytes
    pins: Pins = no_pin

    @property
    def identity(self) -> str:
        """Names this state in its register and audit log."""
        return self.register.identity

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold this state's lock: one run at a time publishes."""
        with locked(self.folder / "lock"), self.register.alone():
            yield

    def signer(self, name: str, role: Role, passphrase: bytes) -> Signer:
        """Open a signing key of this state.

        Raises:
            KeyRefused: see `keyfile.open_key` and `token.TokenSigner`; or it is of another role, or of a demo
                and this state is not.
        """
        path = self.keys / (name + SUFFIX)
        if (found := read_token_key(path)) is None:
            return SeedSigner(self._open(name, role, passphrase))
        header, place = found
        self._check(path, header, name, role)
        signer = TokenSigner(place, self.pins)
        if signer.public_key.hex() != header.public:
            raise KeyRefused("token_key_other", path=path, token=place.token)
        return signer

    def trust_signer(self, passphrase: bytes) -> Signer:
        """Open the trust key that the newest root names.

        Raises:
            KeyRefused: see `signer`; or no file has that key.
        """
        for path in sorted(self.keys.glob(f"trust-*{SUFFIX}")):
            header = read_header(path)
            if bytes.fromhex(header.public) in self.root.trust.keys:
                return self.signer(header.name, "trust", passphrase)
        raise KeyRefused("key_absent", path=self.keys / (TRUST_KEY + SUFFIX))

    def campaign_secret(self, passphrase: bytes) -> CampaignSecret:
        """Open the secret from which codes and vouchers are derived.

        Raises:
            KeyRefused: see `keyfile.open_key`. StateRefused: the register is another state's.
        """
        secret = CampaignSecret(self._open(CAMPAIGN_KEY, "campaign", passphrase))
        if secret.identity().hex() != self.identity:
            raise StateRefused("register_of_another_state", path=self.folder)
        return secret

    def close(self) -> None:
        self.register.close()

    def _open(self, name: str, role: Role, passphrase: bytes) -> bytes:
        path = self.keys / (name + SUFFIX)
        header, seed = open_key(path, passphrase)
        self._check(path, header, name, role)
        return seed

    def _check(self, path: Path, header: KeyHeader, name: str, role: Role) -> None:
        if header.role != role or header.name != name or header.demo != self.root.demo:
            raise KeyRefused("key_of_another_role", path=path)


def create(
    folder: Path,
    *,
    operator: str,
    passphrase: bytes,
    now: int,
    demo: bool = False,
    randomness: Randomness = os.urandom,
    cost: Cost = MODERATE,
    disk: Disk | None = None,
    database: Place | None = None,
    media: Sequence[RootMedium] = (),
) -> State:
    """Make a state: root 2-of-3, a trust key, the campaign secret and the issuing key of this quarter.

    It is made beside `folder` and renamed into place: a run that is stopped leaves no half of one.

    Args:
        operator: name shown to people, 1..80 characters.
        now: seconds since 1970; the first issuing key serves its quarter.
        demo: mark every key and the root as made for trying.
        cost: of one try of the passphrase.
        database: an empty PostgreSQL for the register; None makes a file in the folder.
        media: where each root key goes, under its own passphrase; none puts all three in the folder.

    Raises:
        StateRefused: something is there already, the operator's name is no name, or the media do not fit.
        OutputRefused: the folder cannot be written.
    """
    if not 1 <= len(operator) <= MAX_OPERATOR or not operator.isprintable() or operator != operator.strip():
        raise StateRefused("operator", limit=MAX_OPERATOR)
    if os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise StateRefused("state_exists", path=folder)
    if media:
        refuse_unfit(media, len(ROOT_KEYS))
    disk = disk or Disk()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise StateRefused("state_unwritable", path=folder.parent, reason=error.strerror) from error
    try:
        _fill(making, _Ceremony(operator, passphrase, now, demo, randomness, cost, disk, database, media))
        making.rename(folder)
    except OSError as error:
        raise StateRefused("state_unwritable", path=folder, reason=error.strerror) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    disk.sync_folder(folder.parent)
    return open_state(folder)


def open_state(folder: Path, pins: Pins = no_pin) -> State:
    """Open a state folder.

    Args:
        pins: gives the PIN of a token that holds one of the keys.

    Raises:
        StateRefused: absent, open to others, damaged, or of another schema.
    """
    if not (folder / "keys").is_dir():
        raise StateRefused("state_absent", path=folder)
    mode = folder.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StateRefused("state_open_to_others", path=folder, mode=f"{stat.S_IMODE(mode):04o}")
    current, data = _walk_roots(folder / "public")
    return State(folder, Register(register_place(folder)), current, data, pins)


def register_place(folder: Path) -> Place:
    """Where the register of a state folder is: the database that `register.url` names, or a file.

    Raises:
        StateRefused: it names none.
    """
    try:
        return Place.parse((folder / DATABASE).read_text().strip())
    except FileNotFoundError:
        return Place(folder / "register.sqlite")


def key_headers(state: State) -> list[KeyHeader]:
    """What is known of every key file without a passphrase, by name.

    Raises:
        KeyRefused: one of them is open to others or damaged.
    """
    return [read_header(path) for path in sorted(state.keys.glob(f"*{SUFFIX}"))]


@dataclass(frozen=True)
class _Ceremony:
    """What making a state needs."""

    operator: str
    passphrase: bytes
    now: int
    demo: bool
    randomness: Randomness
    cost: Cost
    disk: Disk
    database: Place | None
    media: Sequence[RootMedium]

    def new_key(self, folder: Path, name: str, role: Role, passphrase: bytes | None = None) -> SeedSigner:
        seed = self.randomness(SEED_SIZE)
        signer = SeedSigner(seed)
        header = KeyHeader(name, role, signer.public_key.hex(), self.demo)
        phrase = self.passphrase if passphrase is None else passphrase
        write_key(self.disk, folder, header, seed, phrase, self.cost, self.randomness)
        return signer

    def new_roots(self, keys: Path) -> list[SeedSigner]:
        """Each on its own medium; if the ceremony stops on the way, those already made are taken back."""
        if not self.media:
            return [self.new_key(keys, name, "root") for name in ROOT_KEYS]
        made: list[Path] = []
        try:
            signers = []
            for name, medium in zip(ROOT_KEYS, self.media, strict=True):
                signers.append(self.new_key(medium.folder, name, "root", medium.passphrase))
                made.append(medium.folder / (name + SUFFIX))
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise
        return signers

    def new_campaign_secret(self, folder: Path) -> CampaignSecret:
        drawn = self.randomness(SECRET_SIZE)
        secret = CampaignSecret(drawn)
        header = KeyHeader(CAMPAIGN_KEY, "campaign", secret.identity().hex(), self.demo)
        write_key(self.disk, folder, header, drawn, self.passphrase, self.cost, self.randomness)
        return secret


def _fill(folder: Path, ceremony: _Ceremony) -> None:
    folder.chmod(_FOLDER_MODE)
    keys, public = folder / "keys", folder / "public"
    keys.mkdir(mode=_FOLDER_MODE)
    public.mkdir(mode=_FOLDER_MODE)
    roots = ceremony.new_roots(keys)
    trust = ceremony.new_key(keys, TRUST_KEY, "trust")
    quarter = Quarter.of(ceremony.now)
    name = issuing_keys.name_of(None, quarter)
    issuing = ceremony.new_key(keys, name, "issuing")
    identity = ceremony.new_campaign_secret(keys).identity().hex()
    file = first_root(roots, trust.public_key, ceremony.operator, ceremony.demo, ceremony.now)
    ceremony.disk.create(public / "root.1.cbor", file, PUBLIC_MODE)
    if ceremony.database is not None:
        ceremony.disk.create(folder / DATABASE, f"{ceremony.database}\n".encode())
    register = Register.create(register_place(folder), {"identity": identity})
    with register.writing() as connection:
        issuing_keys.record(connection, name, issuing.public_key, None, quarter)
        detail = {"operator": ceremony.operator, "demo": ceremony.demo, "key": issuing.public_key.hex()}
        audit.append(connection, identity, ceremony.now, "init", detail)
    with register.reading() as connection:
        ceremony.disk.create(
            public / "keys.json", issuing_keys.public_list(issuing_keys.read(connection)), PUBLIC_MODE
        )
    register.close()
    ceremony.disk.sync_folder(folder)


def _walk_roots(public: Path) -> tuple[Root, bytes]:
    """Read root 1, then each successor that its predecessor vouches for (trust-v1 §2.1)."""
    try:
        data = (public / "root.1.cbor").read_bytes()
        current = root.decode_anchor(data)
        while (path := public / f"root.{current.version + 1}.cbor").exists():
            data = path.read_bytes()
            current = root.decode_successor(data, current)
    except (VoucherError, OSError) as error:
        raise StateRefused("root_damaged", path=public) from error
    return current, data
