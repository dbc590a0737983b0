"""Forms for Decap CMS, made from the models: an editor fills in fields and proposes a change to the forge.

Decap is optional and is not ours: the folder that `cje offers cms` writes holds its configuration, a page
that loads it, and a small script; the program itself comes from the npm package `decap-cms`. The folder is
served for editors, apart from the site. Forms are hints, as schemas are: `cje offers check` decides.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from catalogue.errors import Refused
from catalogue.exchange.schema import json_schema
from catalogue.exchange.writing import schema_line, yaml_lines
from catalogue.model.field_types import LINE_PATTERN, MONEY_PATTERN
from catalogue.reading.validation import PATTERN_CODES
from cje.locales import text

Shape = dict[str, Any]

PACKAGE = "decap-cms"
FORGES = ("test-repo", "github", "gitlab")
FOLDERS = {"offer": "offers", "partner": "partners", "campaign": "campaigns", "page": "pages"}
SINGLE_FILES = ("categories", "programmes", "site")  # theme.yaml has names of its own: no form knows them
MARK = "cje offers cms"  # in each file that we write, so that no other is ever replaced
LONG = 1_000  # characters: from there on a text has paragraphs, and a small Markdown

# Fields that name something which stands elsewhere: collection, file, field with the name, field shown.
_NAMED = {
    ("offer", "partner"): ("partner", None, "{{slug}}", "name"),
    ("offer", "categories"): ("settings", "categories", "categories.*.slug", "categories.*.name"),
    ("offer", "programmes"): ("settings", "programmes", "programmes.*.slug", "programmes.*.name"),
    ("campaign", "offers"): ("offer", None, "{{slug}}", "title"),
}


@dataclass(frozen=True)
class Forge:
    """Where Decap writes.

    Attributes:
        name: one of FORGES; `test-repo` keeps all in the page and forgets it: for a trial.
        repo: `owner/name`; needed for the other two.
        login: GitHub: https address of the service that exchanges the login, see Decap's documentation.
        application: GitLab: the application's identifier.
    """

    name: str = "test-repo"
    repo: str | None = None
    branch: str = "main"
    login: str | None = None
    application: str | None = None

    def backend(self) -> Shape:
        """Decap's `backend`."""
        if self.name == "test-repo":
            return {"name": self.name}
        told: Shape = {"name": self.name, "repo": self.repo or "", "branch": self.branch}
        if self.login is not None:
            told["base_url"] = self.login
        if self.application is not None:
            told |= {"auth_type": "pkce", "app_id": self.application}
        return told


def decap_files(forge: Forge, content: str = "content", lang: str = "fr") -> dict[str, str]:
    """The files of the folder, by name.

    Args:
        content: the content folder's path inside the repository.
    """
    config = "".join(f"{line}\n" for line in yaml_lines(configuration(forge, content, lang)))
    pages = files("catalogue.exchange") / "decap_page"
    page, script = (pages.joinpath(name).read_text(encoding="utf-8") for name in ("index.html", "tidy.js"))
    words = {
        name: html.escape(text(f"catalogue.decap.{name}", lang))
        for name in ("title", "missing_title", "missing")
    }
    words |= {"lang": lang, "commands": f"npm pack {PACKAGE}\ntar -xzf {PACKAGE}-*.tgz\ncp package/dist/* ."}
    for name, word in words.items():
        page = page.replace(f"{{{name}}}", word)
    return {
        "config.yml": f"# {MARK}\n{config}",
        "index.html": page.replace("<!doctype html>\n", f"<!doctype html>\n<!-- {MARK} -->\n"),
        "tidy.js": f"// {MARK}\n" + script.replace('"{kinds}"', json.dumps(dict(_kinds()))),
    }


def write_folder(folder: Path, written: dict[str, str]) -> None:
    """Write the files; refuse, before any is written, to replace one that is not ours."""
    for name in written:
        path = folder / name
        if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace")[:200]:
            raise Refused("decap.not_ours", path=path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in written.items():
        (folder / name).write_text(body, encoding="utf-8", newline="\n")


def configuration(forge: Forge, content: str, lang: str) -> Shape:
    """Decap's configuration, as one mapping."""
    told: Shape = {
        "backend": forge.backend(),
        "publish_mode": "editorial_workflow",  # each change is a proposal, which CI checks
        "locale": lang,
        "media_folder": f"{content}/images",
        "public_folder": "",
        "slug": {"encoding": "ascii", "clean_accents": True, "sanitize_replacement": "-"},
        "collections": [_folder(kind, content, lang) for kind in FOLDERS] + [_settings(content, lang)],
    }
    return told


def _folder(kind: str, content: str, lang: str) -> Shape:
    fields = _signed(kind, form(kind, lang))
    named = "title" if any(field["name"] == "title" for field in fields) else "name"
    return {
        "name": kind,
        "label": text(f"catalogue.decap.{kind}s", lang),
        "label_singular": text(f"catalogue.decap.{kind}", lang),
        "folder": f"{content}/{FOLDERS[kind]}",
        "create": True,
        "delete": False,  # what was once published is retired, never deleted
        "extension": "yaml",
        "format": "yaml",
        "identifier_field": named,
        "slug": f"{{{{{named}}}}}",
        "editor": {"preview": False},
        "fields": fields,
    }


def _signed(kind: str, fields: list[Shape]) -> list[Shape]:
    """Decap drops comments when it rewrites a file: it is told the first one, which names the schema."""
    up = "../" if kind in SINGLE_FILES else "../../"
    line = schema_line(kind).removeprefix("# ").rstrip().replace("../../", up)
    return [{**fields[0], "comment": line}, *fields[1:]]


def _settings(content: str, lang: str) -> Shape:
    listed = [
        {
            "name": name,
            "label": f"{name}.yaml",
            "file": f"{content}/{name}.yaml",
            "fields": _signed(name, form(name, lang)),
        }
        for name in SINGLE_FILES
    ]
    label = text("catalogue.decap.settings", lang)
    return {"name": "settings", "label": label, "editor": {"preview": False}, "files": listed}


def form(kind: str, lang: str = "fr") -> list[Shape]:
    """The fields of one kind of file."""
    return _Form(kind, json_schema(kind, lang), lang).fields()


def _kinds() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Which fields each `kind` of a group has, by the group's path."""
    schema = json_schema("offer")
    for name, shape in schema["properties"].items():
        members = _members(_without_null(shape), schema)
        if len(members) > 1:
            yield name, {_kind_of(member): list(member["properties"]) for member in members}


@dataclass(frozen=True)
class _Form:
    """One schema on its way to Decap's widgets."""

    kind: str
    schema: Shape
    lang: str

    def fields(self) -> list[Shape]:
        return self.group(self.schema, demanded=True)

    def group(self, shape: Shape, demanded: bool) -> list[Shape]:
        required = shape.get("required", ()) if demanded else ()
        return [self.field(name, part, name in required) for name, part in shape["properties"].items()]

    def field(self, name: str, shape: Shape, required: bool) -> Shape:
        told: Shape = {"name": name, "label": name, "required": required}
        if "description" in shape:
            told["hint"] = shape["description"]
        return told | self.widget(name, _without_null(shape), required)

    def widget(self, name: str, shape: Shape, required: bool) -> Shape:
        if (self.kind, name) in _NAMED and "properties" not in shape:
            return self.relation(name, shape)
        members = _members(shape, self.schema)
        if len(members) > 1:
            return {"widget": "object", "fields": self.union(members, required)}
        if "$ref" in shape or "properties" in shape:
            group = members[0]
            if set(group["properties"]) == {"file", "alt"}:
                return {"widget": "object", "collapsed": not required, "fields": self.picture(group)}
            # Decap asks for what a group requires even where the group itself may be left out.
            return {
                "widget": "object",
                "collapsed": not required,
                "fields": self.group(group, demanded=required),
            }
        if shape.get("type") == "array":
            return self.list_of(shape)
        return self.scalar(shape)

    def relation(self, name: str, shape: Shape) -> Shape:
        collection, file, value, shown = _NAMED[self.kind, name]
        told: Shape = {"widget": "relation", "collection": collection, "value_field": value}
        told |= {"search_fields": [shown], "display_fields": [shown], "options_length": 500}
        if file is not None:
            told["file"] = file
        return told | ({"multiple": True, **_bounds(shape)} if shape.get("type") == "array" else {})

    def union(self, members: list[Shape], demanded: bool) -> list[Shape]:
        """One group with the fields of all kinds: Decap has no group that depends on a value."""
        kinds = [_kind_of(member) for member in members]
        parts: dict[str, tuple[Shape, list[str]]] = {}
        for kind, member in zip(kinds, members, strict=True):
            for name, shape in member["properties"].items():
                if name != "kind":
                    parts.setdefault(name, (shape, []))[1].append(kind)
        helps = (member["properties"]["kind"]["description"] for member in members)
        words = " · ".join(f"{kind} : {said}" for kind, said in zip(kinds, helps, strict=True))
        told = [self.field("kind", {"enum": kinds, "description": words}, required=demanded)]
        for name, (_, owners) in parts.items():
            shapes = [member["properties"][name] for member in members if name in member["properties"]]
            field = self.field(name, _merged(shapes), required=False)
            field["hint"] = f"{', '.join(owners)} · {field.get('hint', '')}"
            told.append(field)
        return told

    def picture(self, group: Shape) -> list[Shape]:
        file, alt = self.group(group, demanded=False)
        return [{**file, "widget": "image", "choose_url": False}, alt]

    def list_of(self, shape: Shape) -> Shape:
        items = _without_null(shape["items"])
        if "enum" in items:
            return {"widget": "select", "multiple": True, "options": items["enum"], **_bounds(shape)}
        members = _members(items, self.schema)
        if members and "properties" in members[0]:
            return {"widget": "list", "fields": self.group(members[0], demanded=True), **_bounds(shape)}
        # `default: []`, or Decap begins each list with one empty item.
        inner = {"name": "item", "label": "·", **self.scalar(items)}
        return {"widget": "list", "field": inner, "default": [], **_bounds(shape)}

    def scalar(self, shape: Shape) -> Shape:
        if "enum" in shape:
            return {"widget": "select", "options": list(shape["enum"])}
        if shape.get("type") == "boolean":
            return {"widget": "boolean"}
        if shape.get("type") == "integer":
            bounds = {short: shape[long] for short, long in (("min", "minimum"), ("max", "maximum"))}
            return {"widget": "number", "value_type": "int", **bounds}
        if shape.get("format") == "date":
            return {
                "widget": "datetime",
                "format": "YYYY-MM-DD",
                "date_format": "DD/MM/YYYY",
                "time_format": False,
            }
        if shape.get("maxLength", 0) > LONG:
            return {"widget": "markdown", "modes": ["rich_text", "raw"], **_MARKDOWN}
        return {"widget": "string", **self.pattern(shape)}

    def pattern(self, shape: Shape) -> Shape:
        """The shape of a text and its bounds as one pattern, with our own words for it."""
        spelt = next((part for part in shape.get("anyOf", [shape]) if part.get("type") == "string"), shape)
        least, most = spelt.get("minLength", 0), spelt.get("maxLength")
        pattern = spelt.get("pattern", r"^[\s\S]*$")
        code = _PATTERN_CODES.get(pattern)
        words = text(f"catalogue.problems.{code}.mend", self.lang) if code else ""
        if most is not None:
            pattern = rf"^(?=[\s\S]{{{least},{most}}}$){pattern.removeprefix('^')}"
            words = f"{words} {text('catalogue.decap.at_most', self.lang, limit=most)}".strip()
        return {"pattern": [pattern, words]} if words else {}


_PATTERN_CODES = {shape: code for shape, code in PATTERN_CODES.items() if shape != LINE_PATTERN} | {
    MONEY_PATTERN: "money-shape"
}
_MARKDOWN: Shape = {
    "buttons": ["bold", "italic", "link", "heading-two", "heading-three", "bulleted-list", "numbered-list"],
    "editor_components": [],
}


def _without_null(shape: Shape) -> Shape:
    """What an optional value is when it is there; one of several is left as they are."""
    kept = [part for part in shape.get("anyOf", ()) if part.get("type") != "null"]
    if not kept:
        return shape
    around = {name: value for name, value in shape.items() if name != "anyOf"}
    return {**around, **(kept[0] if len(kept) == 1 else {"anyOf": kept})}


def _members(shape: Shape, schema: Shape) -> list[Shape]:
    """The groups that a value may be."""
    parts = shape.get("oneOf", [shape])
    names = [part["$ref"].rpartition("/")[2] for part in parts if "$ref" in part]
    return [schema["definitions"][name] for name in names] or ([shape] if "properties" in shape else [])


def _kind_of(member: Shape) -> str:
    return str(member["properties"]["kind"]["const"])


def _merged(shapes: list[Shape]) -> Shape:
    """A field that two kinds have: what either allows."""
    choices = [choice for shape in shapes for choice in shape.get("enum", ())]
    return {**shapes[0], "enum": list(dict.fromkeys(choices))} if choices else shapes[0]


def _bounds(shape: Shape) -> Shape:
    names = (("min", "minItems"), ("max", "maxItems"))
    return {short: shape[long] for short, long in names if long in shape}
