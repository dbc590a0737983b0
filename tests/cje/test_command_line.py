"""The front door: every wrong call is one French sentence and the right exit code, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WRONG = {
    ("nothing",): (2, "Commande inconnue : nothing."),
    ("veriffy",): (2, "Vouliez-vous dire verify ?"),
    ("verify",): (2, "Donnez un texte"),
    ("verify", "--challeng", "1"): (2, "Option inconnue : --challeng. Vouliez-vous dire --challenge"),
    ("demo", "--port", "99999"): (2, "un nombre de 0 à 65535 est attendu"),
    ("site", "build", "--day", "2026-13-45"): (2, "une date est attendue"),
    ("till", "void"): (2, "Il manque N."),
    ("till", "status", "--till", "/nowhere"): (3, "cje till init"),
    ("verify", "--till", "/nowhere", "CJE1:"): (3, "cje till init"),
    ("site", "serve", "--out", "/nowhere"): (1, "cje site build"),
    ("site", "build", "--content", "content", "--out", "/proc/nowhere"): (3, "/proc/nowhere"),
    ("offers", "check", "--content", "/nowhere"): (1, "/nowhere"),
    ("issuer", "audit", "--state", "/nowhere"): (1, "/nowhere"),
    ("reconcile", "report", "--store", "/nowhere"): (3, "cje reconcile init"),
    ("demo", "--content", "/nowhere"): (1, "/nowhere"),
    ("demo", "--keep", "content"): (2, "existe déjà"),
}


def cje(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cje", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("call", WRONG, ids=" ".join)
def test_a_wrong_call_is_told_in_one_sentence(call: tuple[str, ...]) -> None:
    code, sentence = WRONG[call]
    run = cje(*call)
    assert (run.returncode, run.stdout) == (code, "") or call[0] == "offers"
    assert run.returncode == code
    assert sentence in run.stderr.replace("\u202f", " ").replace("\u00a0", " ") + run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("group", ["offers", "site", "issuer", "verify", "till", "reconcile", "demo"])
def test_every_group_explains_itself_in_french(group: str) -> None:
    run = cje(group, "--help")
    assert run.returncode == 0
    assert "Montrer cette aide." in run.stdout
    assert "Show this message" not in run.stdout


def test_debug_shows_the_whole_trace() -> None:
    run = cje("--debug", "site", "serve", "--out", "/nowhere")
    assert run.returncode == 1
    assert "Traceback" in run.stderr


def started(*arguments: str, temporary: Path) -> subprocess.Popen[str]:
    """Start a command as a shell does in the background: Ctrl-C is ignored."""
    return subprocess.Popen(
        [sys.executable, "-m", "cje", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_server_ends_when_the_system_asks(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "index.html").write_text("<!doctype html><title>Carte</title>")
    with started("site", "serve", "--out", str(public), temporary=tmp_path) as server:
        assert server.stdout is not None and "http://127.0.0.1:" in server.stdout.readline()
        server.terminate()
        assert (server.wait(20), server.stderr and server.stderr.read()) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_is_stopped_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    with started("demo", temporary=tmp_path) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        while demo.poll() is None and not any(tmp_path.glob("cje-demo-*")):
            os.sched_yield()
        demo.terminate()
        code, said = demo.wait(20), demo.stderr.read()
        assert (code, said.splitlines()[-1]) == (130, "Interrompu.") and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


# Ctrl-C at so many moments: as each of these modules is about to be imported.
MOMENTS = [
    (("verify", "x"), "cje.cli.commands"),
    (("verify", "x"), "click.types"),
    (("offers", "check"), "pydantic_core"),
    (("offers", "check"), "catalogue.model.ways_of_use"),
    (("site", "build", "--out", "{tmp}/public"), "site_builder.pages.theme"),
    (("site", "build", "--out", "{tmp}/public"), "jinja2.bccache"),
]
AT_IMPORT = """
import signal, sys

class Moment:
    def find_spec(self, name, *_):
        if name == "{moment}":
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Moment())
from cje.cli.main import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("call", "moment"), MOMENTS, ids=str)
def test_ctrl_c_ends_in_one_sentence_whenever_it_comes(
    call: tuple[str, ...], moment: str, tmp_path: Path
) -> None:
    words = [word.format(tmp=tmp_path) for word in call]
    command = [sys.executable, "-c", AT_IMPORT.replace("{moment}", moment), *words]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr.split()) == (130, "", ["Interrompu."])
    assert list(tmp_path.iterdir()) == []


TRIAL = """
import atexit, signal, sys, types
import click
from cje.cli import commands, main

def interrupted():
    signal.raise_signal(signal.SIGINT)

@click.command()
def trial():
    {body}

sys.modules["trial"] = types.SimpleNamespace(trial=trial)
commands.GROUPS["trial"] = ("trial", "trial", "")
sys.argv = ["cje", "trial"]
main.main()
"""
WRAPPED = "type('Whole', (), {'part': type('Part', (), {'__set_name__': lambda *_: interrupted()})()})"
HARD_MOMENTS = {
    "in a class being built": (WRAPPED, 130),
    "in code from text": ("exec('interrupted()')", 130),
    "where nothing may leave": (
        "type('Held', (), {'__del__': lambda _: interrupted()})()\n    while True: pass",
        130,
    ),
    "during another error": ("try: interrupted()\n    finally: raise ValueError", 130),
    "when all is done": ("atexit.register(interrupted)", 0),
}


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("said", ["print('x')", "click.echo('x' * 100_000)"], ids=["at its end", "at work"])
def test_a_reader_that_has_gone_ends_a_command_without_a_word(said: str) -> None:
    """As `cje … | head -1`: 128 and the signal's number."""
    reading, writing = os.pipe()
    os.close(reading)
    script = TRIAL.replace("{body}", said)
    run = subprocess.run(
        [sys.executable, "-c", script],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        timeout=20,
        check=False,
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (141, b"")


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("moment", HARD_MOMENTS)
def test_ctrl_c_is_never_lost_nor_taken_for_a_fault(moment: str) -> None:
    body, code = HARD_MOMENTS[moment]
    script = TRIAL.replace("{body}", body)
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=20, check=False
    )
    assert (run.returncode, run.stderr.strip()) == (code, "Interrompu." if code == 130 else "")
