"""The root ceremony, rehearsed: three media, three passphrases, paper copies that bring a key back."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from issuer_world import NOW, PHRASE, seeded, tree
from qr_reading import read_back

from cje.errors import OutputRefused
from cje.locales import LANGUAGES
from issuer.decisions.root_rotation import rotate_trust
from issuer.errors import IssuerError, KeyRefused, StateRefused
from issuer.keys import keyfile, root_sheet
from issuer.keys.root_media import RootMedium
from issuer.register import vault
from issuer.register.vault import State

OWN = (b"la phrase d'Awa", b"la phrase de Bilal", b"la phrase de Chloe")


@pytest.fixture
def media(tmp_path: Path) -> tuple[RootMedium, ...]:
    for name in "abc":
        (tmp_path / name).mkdir()
    return tuple(RootMedium(tmp_path / name, phrase) for name, phrase in zip("abc", OWN, strict=True))


def ceremony(folder: Path, media: tuple[RootMedium, ...]) -> State:
    return vault.create(
        folder,
        operator="Le Bon Élan",
        passphrase=PHRASE,
        now=NOW,
        randomness=seeded(),
        cost=keyfile.NOMINAL,
        media=media,
    )


@pytest.mark.promise("P12")
def test_each_root_is_on_its_own_medium_and_any_two_make_the_next(
    tmp_path: Path, media: tuple[RootMedium, ...]
) -> None:
    made = ceremony(tmp_path / "vault", media)
    assert not list(made.keys.glob("root-*"))
    assert [[path.name for path in medium.folder.iterdir()] for medium in media] == [
        ["root-1.key"], ["root-2.key"], ["root-3.key"]
    ]  # fmt: skip
    for medium in media:
        [path] = medium.folder.iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
        for phrase in (*OWN, PHRASE):
            if phrase == medium.passphrase:
                keyfile.open_key(path, phrase)
            else:
                with pytest.raises(KeyRefused):
                    keyfile.open_key(path, phrase)
    for turn, two in enumerate(combinations(media, 2), 1):
        made = rotate_trust(made, passphrase=PHRASE, now=NOW + turn, cost=keyfile.NOMINAL, media=two)
        assert made.root.version == turn + 1
    made.close()


def test_one_medium_or_a_wrong_passphrase_makes_no_root(
    tmp_path: Path, media: tuple[RootMedium, ...]
) -> None:
    made = ceremony(tmp_path / "vault", media)
    before = tree(made.keys)
    wrong = RootMedium(media[1].folder, media[0].passphrase)
    for attempt, code in (
        (media[:1], "root_quorum"),
        ((media[0], media[0]), "root_quorum"),
        ((media[0], wrong), "wrong_passphrase"),
    ):
        with pytest.raises(KeyRefused) as refused:
            rotate_trust(made, passphrase=PHRASE, now=NOW, cost=keyfile.NOMINAL, media=attempt)
        assert refused.value.code == code
    with pytest.raises(KeyRefused) as refused:
        rotate_trust(made, passphrase=OWN[0], now=NOW, cost=keyfile.NOMINAL, media=media)
    assert refused.value.code == "wrong_passphrase", "the new key would open under a mistyped passphrase only"
    assert tree(made.keys) == before
    made.close()


def test_media_that_do_not_fit_make_nothing(tmp_path: Path, media: tuple[RootMedium, ...]) -> None:
    first, second, third = media
    for unfit, code in (
        (media[:2], "root_media_count"),
        ((first, second, RootMedium(first.folder / ".", b"x")), "root_media_same"),
        ((first, second, RootMedium(tmp_path / "absent", b"x")), "root_medium_absent"),
        ((first, second, RootMedium(third.folder, second.passphrase)), "root_passphrases_same"),
    ):
        with pytest.raises(StateRefused) as refused:
            ceremony(tmp_path / "vault", unfit)
        assert refused.value.code == code
    (third.folder / "root-3.key").write_text("d'une autre racine")
    with pytest.raises(OutputRefused):
        ceremony(tmp_path / "vault", media)
    assert not (tmp_path / "vault").exists() and tree(tmp_path) == {"c/root-3.key": b"d'une autre racine"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_printed_sheet_reads_back_to_the_key_and_tells_no_secret(
    tmp_path: Path, media: tuple[RootMedium, ...], lang: str
) -> None:
    ceremony(tmp_path / "vault", media).close()
    path = media[1].folder / "root-2.key"
    page = root_sheet.draw_sheet(path, "Le Bon <Élan>", lang).decode()
    assert "<script" not in page and "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "Le Bon &lt;Élan&gt;" in page and keyfile.read_header(path).public in page
    seed = keyfile.open_key(path, media[1].passphrase)[1]
    assert seed.hex() not in page and media[1].passphrase.decode() not in page
    [drawn] = re.findall(r"<svg.*</svg>", page, re.S)
    (tmp_path / "sheet.svg").write_text(drawn)
    assert root_sheet.read_sheet(read_back(tmp_path / "sheet.svg")) == path.read_bytes()
    [shown] = re.findall(r"<code>(.*)</code>", page)
    assert root_sheet.read_sheet(shown.replace("&quot;", '"')) == path.read_bytes()


@pytest.mark.parametrize("line", ["", "{}", "bonjour", '{"format":"cje-key-1","role":"trust"}', "[" * 5000])
def test_a_text_that_is_no_sheet_is_refused(line: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        root_sheet.read_sheet(line)
    assert refused.value.code == "sheet_text"


def test_only_root_keys_are_printed(tmp_path: Path, media: tuple[RootMedium, ...]) -> None:
    made = ceremony(tmp_path / "vault", media)
    with pytest.raises(IssuerError) as refused:
        root_sheet.draw_sheet(made.keys / "campaign.key", "X")
    assert refused.value.code == "sheet_root_only"
    made.close()
