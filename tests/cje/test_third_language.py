"""A language is a folder of messages and an entry of the registry: no line of code knows which there are."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from counter_shop import open_shop
from pseudo_language import CODE, copy_of_product

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
NODE = shutil.which("node")
COUNTS = [0, 1, 2, 5, 22, 112]
CATEGORIES = ["many", "one", "few", "many", "few", "many"]

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("third-language")]


@dataclass(frozen=True)
class Product:
    """A copy of the product that speaks a third language."""

    folder: Path

    def run(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python there, as `python -m cje` when the first argument is a command's name."""
        path = os.pathsep.join((str(self.folder), str(ROOT)))
        env = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **environment}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Product:
    return Product(copy_of_product(tmp_path_factory.mktemp("product"), ROOT))


@pytest.fixture(scope="module")
def site(product: Product) -> Path:
    """The site of the real content/ in French and in the third language."""
    content = product.folder / "content"
    shutil.copytree(ROOT / "content", content)
    settings = (content / "site.yaml").read_text(encoding="utf-8")
    (content / "site.yaml").write_text(settings.replace("[fr, en]", f"[fr, {CODE}]"), encoding="utf-8")
    built = product.folder / "public"
    done = product.run("-m", "cje", "site", "build", "--content", content, "--out", built, "--no-cache")
    assert done.returncode == 0, done.stderr
    return built


def messages_of(page: Path) -> dict[str, str]:
    found = re.search(r'id="messages">(.*?)</script>', page.read_text(encoding="utf-8"), re.S)
    assert found is not None
    told: dict[str, str] = json.loads(found[1])
    return told


def messages_in(product: Product, room: str) -> dict[str, str]:
    code = (
        "import json, sys; from cje.locales import messages; print(json.dumps(dict(messages(*sys.argv[1:]))))"
    )
    told: dict[str, str] = json.loads(product.run("-c", code, room, CODE).stdout)
    return told


@pytest.fixture(scope="module")
def in_node(product: Product, site: Path) -> dict[str, Any]:
    """What site, wallet, till and verdict say to COUNTS, from one run of Node."""
    words = {"till": {f"till.{key}": words for key, words in messages_in(product, "till").items()}}
    words |= {"site": messages_of(site / CODE / "recherche" / "index.html")}
    words |= {"wallet": messages_of(site / CODE / "carte" / "index.html")}
    words |= {"verdicts": messages_in(product, "verdicts")}
    asked = product.folder / "words.json"
    asked.write_text(json.dumps({"lang": CODE, "locale": "pl-PL", "counts": COUNTS, **words}))
    command = [str(NODE), "--import", "tsx", "test/locales/runWords.ts", str(asked)]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def category(sentence: str) -> str:
    """The category of a sentence of the made language, whose few and many begin with their name."""
    first = sentence.split()[0]
    return first if first in ("few", "many") else "one"


def test_the_language_passes_the_test_of_languages(product: Product) -> None:
    shutil.copytree(ROOT / "tests" / "cje", product.folder / "tests" / "cje")
    done = product.run("-m", "pytest", "-v", "-p", "no:cacheprovider", "tests/cje/test_locales.py")
    assert done.returncode == 0 and f"[{CODE}-verdicts] PASSED" in done.stdout, done.stdout


def test_a_till_gives_its_verdict_in_the_language(product: Product, tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    done = product.run("-m", "cje", "verify", "--lang", CODE, "BONJOUR", CJE_TILL=str(shop.folder))
    verdicts = messages_in(product, "verdicts")
    assert done.returncode == 1
    assert verdicts["not_ours.sentence"] in done.stdout and verdicts["not_ours.next"] in done.stdout
    assert re.search("[åêîöûñšç]", verdicts["not_ours.sentence"])


def test_a_wrong_call_is_told_in_the_language(product: Product) -> None:
    done = product.run("-m", "cje", "verify", "--lang", CODE, "--nothing")
    assert done.returncode == 2
    assert messages_in(product, "command")["usage.unknown_option"].format(name="--nothing") in done.stderr
    refused = product.run("-m", "cje", "verify", "--lang", "xx", "BONJOUR")
    assert refused.returncode == 2 and f"fr, en, {CODE}" in refused.stderr


def test_every_page_links_to_its_twins_by_their_names(site: Path) -> None:
    front = (site / "index.html").read_text(encoding="utf-8")
    assert f'<a href="{CODE}/" hreflang="{CODE}" lang="{CODE}">Ƥöļšķî</a>' in front
    wallet = (site / CODE / "carte" / "index.html").read_text(encoding="utf-8")
    [links] = re.findall(r"data-languages='([^']*)'", wallet)
    assert json.loads(html.unescape(links)) == [{"code": "fr", "href": "../../carte/", "name": "Français"}]
    assert f'<html lang="{CODE}"' in wallet and 'data-locale="pl-PL"' in wallet
    till = (site / "caisse" / CODE / "index.html").read_text(encoding="utf-8")
    assert messages_of(site / "caisse" / CODE / "index.html")["till.name"] in html.unescape(till)


def test_the_worker_and_the_headers_know_its_folder(site: Path) -> None:
    [precache] = site.glob("precache-*.json")
    fallback = json.loads(precache.read_text(encoding="utf-8"))["fallback"]
    assert fallback == [[f"{CODE}/", f"{CODE}/hors-ligne/"], ["", "hors-ligne/"]]
    rules = (site / "_headers").read_text(encoding="utf-8").splitlines()
    assert {f"/{CODE}/", f"/{CODE}/carte/*", f"/{CODE}/offres/*"} <= set(rules)


def test_the_desk_hands_a_card_over_in_the_language(product: Product) -> None:
    code = """
import sys
from types import SimpleNamespace
from cje.locales import LANGUAGES
from desk.pages.rendering import render
one = SimpleNamespace(first_name="Ana", reference="", number=7, link="https://example.org/", code="AAAA")
values = {"one": one, "texts": dict.fromkeys(LANGUAGES, "…"), "demo": False, "path": "/", "unlocked": False}
print(render("hand", sys.argv[1], {**values, "refusal": "", "done": None}))
"""
    done = product.run("-c", code, CODE)
    assert done.returncode == 0, done.stderr
    for lang in ("fr", "en", CODE):
        assert f'href="/person/7/letter.pdf?lang={lang}"' in done.stdout
        assert f'id="sms-{lang}" lang="{lang}"' in done.stdout
    said = messages_in(product, "desk")
    assert said["person.letter"].format(language="Ƥöļšķî") in html.unescape(done.stdout)


@pytest.mark.skipif(NODE is None, reason="Node is missing")
@pytest.mark.parametrize("app", ["site", "wallet", "till"])
def test_the_browser_counts_as_the_language_does(app: str, in_node: dict[str, Any]) -> None:
    assert [category(sentence) for sentence in in_node[app]] == CATEGORIES


@pytest.mark.skipif(NODE is None, reason="Node is missing")
def test_a_verdict_is_the_same_sentence_in_python_and_in_the_browser(
    product: Product, in_node: dict[str, Any]
) -> None:
    code = f"""
import json
from types import SimpleNamespace
from verifier.verdict import Verdict
from verifier.wording import reason
def said(used):
    details = {{"used": used, "limit": used, "period": "week", "again": 1_790_000_000, "since": 12}}
    return reason(SimpleNamespace(details=details, effective=1_789_000_000), Verdict.USED_UP, "{CODE}")
print(json.dumps([said(count) for count in {COUNTS}]))
"""
    done = product.run("-c", code)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == in_node["verdicts"]
    assert [category(sentence) for sentence, _ in in_node["verdicts"]] == CATEGORIES
