"""What is written reads back as the same model, whatever the offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from catalogue import Offer, Page, Partner, read_catalogue
from catalogue.exchange.writing import yaml_text
from catalogue.model.barcodes import gs1_check_digit
from catalogue.problems.source_file import FORBIDDEN, HTML, SourceFile
from catalogue.problems.strict_yaml import read_document
from catalogue.reading.validation import validate_document

CONTENT = Path(__file__).resolve().parents[2] / "content"

slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
codes = st.sampled_from(["06000", "95585", "2A004", "97110", "00001"])
letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
# What people type, and what YAML makes something of.
traps = st.sampled_from(
    [
        *("06000", "NO", "12:30", "2026-02-30", "=", "~", "null", "true", "1e3", "0x1F", "-", "…", "<3"),
        *("- a", "a: b", "a #b", "'a", '"a', "[a]", "{a}", "&a", "*a", "!a", "| a", "> a", "%a", "@a", "`a"),
        *(
            "? a",
            ": a",
            "a:",
            "#a",
            "−10 %",
            "L'été",
            "« oui » ?",
            "C:\\x",
            "a\\",
            'dit "oui"',
            "6,95 €",
            "🚲",
        ),
    ]
)


def line(limit: int) -> st.SearchStrategy[str]:
    typed = st.one_of(traps, st.text(letters, min_size=1, max_size=limit))
    return typed.map(lambda text: text[:limit].strip()).filter(
        lambda text: bool(text) and not FORBIDDEN.search(text) and not HTML.search(text)
    )


def lines(limit: int, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(line(limit), max_size=most, unique=True).map(tuple)


markdown = st.lists(
    st.one_of(line(40), st.just(""), line(20).map(lambda t: f"- **{t}**")), min_size=1, max_size=6
).map(lambda parts: "\n".join(parts).strip() or "a")
euros = st.integers(1, 999_999).map(lambda cents: f"{cents // 100},{cents % 100:02d} €")
eans = st.from_regex(r"[0-9]{12}", fullmatch=True).map(lambda body: body + gs1_check_digit(body))
url = st.sampled_from(["https://a.example", "https://b-c.example:8443/d?e=f&g=%20#h"])
use = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("voucher")},
        optional={name: st.booleans() for name in ("paper", "short_code", "identity_check", "amount_asked")},
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("code"),
            "source": st.just("shared"),
            "code": st.sampled_from(["A", "5GO", "007", "1e3"]),
        },
        optional={"url": url},
    ),
    st.fixed_dictionaries({"kind": st.just("link"), "url": url}),
    st.fixed_dictionaries(
        {"kind": st.just("barcode"), "symbology": st.just("ean13"), "source": st.just("fixed"), "value": eans}
    ),
    st.just({"kind": "card"}),
)
place = st.fixed_dictionaries(
    {
        "name": line(20),
        "address": line(20),
        "postcode": st.just("06000"),
        "commune": line(20),
        "insee": codes,
    },
    optional={"hours": line(60), "latitude": st.just("48.90"), "longitude": st.just("-0.5")},
)
saving = st.one_of(
    st.fixed_dictionaries({"kind": st.just("percent"), "percent": st.integers(1, 100), "basket": euros}),
    st.fixed_dictionaries({"kind": st.just("amount"), "amount": euros}),
    st.fixed_dictionaries({"kind": st.just("free_text"), "text": line(80)}),
).filter(lambda made: "0,00 €" not in made.values())
days = st.dates(date(2020, 1, 1), date(2090, 12, 31))

offers = st.fixed_dictionaries(
    {
        "slug": slugs,
        "number": st.integers(1, 2**32 - 1),
        "status": st.sampled_from(["draft", "published", "retired"]),
        "title": line(60),
        "headline": line(24),
        "summary": line(160),
        "partner": slugs,
        "categories": st.lists(slugs, min_size=1, max_size=3).map(tuple),
        "use": use,
        "valid_from": days,
        "valid_until": days.map(lambda day: day + timedelta(days=1)),
        "territory": st.fixed_dictionaries(
            {"kind": st.just("communes"), "codes": st.lists(codes, max_size=4).map(tuple), "label": line(80)}
        ),
        "channel": st.sampled_from(["online", "store", "both"]),
    },
    optional={
        "description": markdown,
        "tags": st.lists(st.sampled_from(["été", "2026", "no", "bon plan"]), max_size=3).map(tuple),
        "steps": lines(200, 3).filter(bool),
        "conditions": lines(200, 3),
        "not_allowed": lines(200, 3),
        "cashier_terms": lines(120, 5),
        "limit": st.fixed_dictionaries(
            {},
            optional={
                "uses": st.integers(0, 255),
                "period": st.sampled_from(["total", "day", "week", "month"]),
            },
        ),
        "programmes": st.lists(slugs, max_size=3).map(tuple),
        "age": st.fixed_dictionaries({"min": st.integers(14, 30), "max": st.integers(14, 30)}),
        "places": st.lists(place, max_size=2).map(tuple),
        "saving": saving,
        "reviewed": days,
        "sources": lines(200, 2),
    },
).map(Offer.model_validate)


def read_back(model: BaseModel, slug: str) -> Any:
    document = read_document(SourceFile("x.yaml", yaml_text(model)))
    assert not document.problems, [problem.render() for problem in document.problems]
    return validate_document(type(model), document, {"slug": slug})


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(offers)
def test_a_written_offer_reads_back_the_same(offer: Offer) -> None:
    assert read_back(offer, offer.slug) == offer


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(slugs, line(80), line(160), st.one_of(st.none(), line(80)))
def test_a_written_partner_reads_back_with_the_contact(
    slug: str, name: str, summary: str, contact: str | None
) -> None:
    partner = Partner.model_validate(
        {"slug": slug, "name": name, "summary": summary, "contact": contact and {"name": contact}}
    )
    assert read_back(partner, slug) == partner


@settings(deadline=None)  # shared machines are slow at times; bounds are measured in bench/
@given(slugs, line(60), markdown)
def test_a_written_page_reads_back_the_same(slug: str, title: str, body: str) -> None:
    page = Page.model_validate({"slug": slug, "title": title, "summary": title, "body": body})
    assert read_back(page, slug) == page


def test_our_own_content_reads_back_the_same() -> None:
    catalogue = read_catalogue(CONTENT)
    for model in (*catalogue.offers, *catalogue.partners.values(), *catalogue.pages):
        assert read_back(model, model.slug) == model


@pytest.mark.parametrize("spoil", [lambda text: text.replace("06000", "6000")])
def test_the_round_trip_would_notice_a_lost_zero(spoil: Callable[[str], str]) -> None:
    offer = read_catalogue(CONTENT).offer(101)
    place = offer.places[0].model_copy(update={"postcode": "06000"})
    document = read_document(SourceFile("x", spoil(yaml_text(offer.model_copy(update={"places": (place,)})))))
    assert isinstance(validate_document(Offer, document, {"slug": offer.slug}), list)
