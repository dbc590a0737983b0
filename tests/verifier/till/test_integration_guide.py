"""Every example of the guide for integrators runs, as it is printed, on a real till."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from counter_shop import ROOT, Shop, open_shop
from typed_scenarios import pairing_text

GUIDE = Path(__file__).parents[3] / "docs" / "integration.md"
BLOCKS = re.findall(r"^```(sh|js|python)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.S | re.M)
SERVED = [block for block in BLOCKS if "8765" in block[1]]
ALONE = [block for block in BLOCKS if "8765" not in block[1]]

# Everyday names that a shop may have beside its script; Python looks there first.
OWN_FOLDERS = ("locales", "machine", "demo", "local_page")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    made = open_shop(tmp_path_factory.mktemp("boutique"))
    shutil.copyfile(made.tmp / "root.cbor", made.tmp / "root-1.cbor")
    made.file("pairing.txt", pairing_text().encode())
    for name in OWN_FOLDERS:
        (made.tmp / name).mkdir()
        (made.tmp / name / "__init__.py").write_text(
            f"raise ImportError('this {name} is the shop\\'s own')\n"
        )
    commands = made.tmp / "bin"
    commands.mkdir()
    launcher = commands / "cje"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cje "$@"\n')
    launcher.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def port(shop: Shop) -> Iterator[int]:
    """`cje till serve` as the guide starts it, on a free port."""
    token = shop.tmp / "token"
    token.write_text("0123456789abcdef0123456789abcdef")
    token.chmod(0o600)
    command = [
        sys.executable,
        "-m",
        "cje",
        "till",
        "serve",
        "--till",
        str(shop.folder),
        "--token",
        str(token),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
        server.terminate()


def run(shop: Shop, language: str, code: str, scanned: str) -> str:
    """Run a block in the shop's folder, with `scanned` and `token` set, and return what it prints."""
    token = (shop.tmp / "token").read_text() if (shop.tmp / "token").exists() else ""
    values = {"scanned": scanned, "token": token}
    preamble = "".join(
        f"{name} = {json.dumps(value)}\n"
        if language == "python"
        else f"const {name} = {json.dumps(value)};\n"
        for name, value in values.items()
    )
    command = {
        "sh": ["bash", "-eu", "-o", "pipefail", "-c", code],
        "python": [sys.executable, "-c", preamble + code],
        "js": ["node", "--input-type=module", "-e", preamble + code],
    }[language]
    environment = {
        **os.environ,
        "scanned": scanned,
        "PATH": f"{shop.tmp / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        command, cwd=shop.tmp, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_a_shop_keeps_its_own_folders_beside_its_script(shop: Shop) -> None:
    """The examples below run in the same folder: an import of ours by one of these names would fail there."""
    for name in OWN_FOLDERS:
        done = subprocess.run(
            [sys.executable, "-c", f"import {name}"],
            cwd=shop.tmp,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1 and "the shop's own" in done.stderr


def test_the_guide_has_its_examples() -> None:
    assert [language for language, _ in SERVED] == ["sh", "js", "python"]
    assert [language for language, _ in ALONE] == ["sh", "sh", "python", "sh", "sh", "sh"]


@pytest.mark.parametrize("number", [n for n in range(2, len(ALONE)) if "token" not in ALONE[n][1]])
def test_an_example_without_a_server_runs(shop: Shop, number: int) -> None:
    printed = run(shop, *ALONE[number], shop.text(number))
    assert "True Ce bon est valable." in printed or json.loads(printed)["green"]


def test_the_example_that_makes_a_token_runs(tmp_path: Path, shop: Shop) -> None:
    (making,) = (example for example in ALONE if "token" in example[1])
    # In a folder of its own: the till that serves has its token already.
    run(Shop(tmp_path, shop.now), *making, "")
    token = tmp_path / "token"
    assert re.fullmatch("[0-9a-f]{32}", token.read_text()) and token.stat().st_mode & 0o077 == 0


def test_the_example_that_sets_a_till_up_runs(tmp_path: Path, shop: Shop) -> None:
    fresh = Shop(tmp_path, shop.now)
    for name in ("root-1.cbor", "list.cbor"):
        shutil.copyfile(shop.tmp / name, tmp_path / name)
    shutil.copytree(shop.tmp / "bin", tmp_path / "bin")
    assert "Caisse créée" in run(fresh, *ALONE[0], "")
    shutil.copyfile(shop.tmp / "pairing.txt", tmp_path / "pairing.txt")
    assert "sait maintenant vérifier les codes tapés" in run(fresh, *ALONE[1], "")
    assert (tmp_path / "caisse" / "till.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", range(len(SERVED)))
def test_an_example_over_http_runs(shop: Shop, port: int, number: int) -> None:
    language, code = SERVED[number]
    code = code.replace("127.0.0.1:8765", f"127.0.0.1:{port}")
    if shutil.which({"sh": "curl", "js": "node", "python": "python3"}[language]) is None:
        pytest.skip(f"no program for {language} here")
    printed = run(shop, language, code, shop.text(20 + number))
    assert printed.lower().startswith("true ") or json.loads(printed)["green"]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux tells who listens")
def test_the_tills_port_is_on_loopback_only(port: int) -> None:
    tables = [
        Path(f"/proc/net/{name}").read_text()
        for name in ("tcp", "tcp6")
        if Path(f"/proc/net/{name}").exists()
    ]
    listening = [
        line.split()[1] for table in tables for line in table.splitlines()[1:] if line.split()[3] == "0A"
    ]
    assert [at for at in listening if at.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]
