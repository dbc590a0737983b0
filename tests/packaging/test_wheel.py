"""The wheel carries all that it needs: no Node on the machine that installs it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def build_wheel(folder: Path) -> Path:
    """Build the wheel from the files that git knows, plus the browser assets that `make` bundled."""
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=30
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    shutil.copytree(ROOT / "site_builder" / "assets", source / "site_builder" / "assets", dirs_exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.mark.promise("P28")
def test_two_builds_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    again = build_wheel(tmp_path)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_wheel_holds_assets_content_and_sentences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"cje/cli/main.py", "cje/locales/fr/verdicts.toml", "cje/demo/content/site.yaml"} <= names
    assert any(name.startswith("site_builder/assets/") and name.endswith(".js") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "web/", "bench/", "public/"))]


def test_an_empty_machine_without_node_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=120)
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "--no-compile"]
    command = [*pip, "--quiet", "--disable-pip-version-check", f"{wheel}[issuer]"]
    subprocess.run(command, check=True, timeout=300)
    run = subprocess.run(
        [str(venv / "bin" / "cje"), "demo", "--check", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env={"PATH": str(venv / "bin"), "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LC_ALL": "C.UTF-8"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["checked"] is True


def test_a_till_installs_three_libraries(wheel: Path) -> None:
    metadata = zipfile.ZipFile(wheel).read("carte_jeune_engage-0.1.0.dist-info/METADATA").decode()
    required = [line.split()[1] for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    needed = {
        line.split()[1].partition(">")[0]
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist:") and "extra ==" not in line
    }
    assert needed == {"cbor2", "click", "pynacl"}
    assert len(required) > len(needed)
