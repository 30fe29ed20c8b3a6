"""Write the tables of fields in the documentation of the actions.

The tables repeat services.yaml and the translations for users who write YAML. What only these users
need to know is added here.
"""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.util.yaml import load_yaml_dict

PAGES: Final = ("actions.md", "firmware-and-webhooks.md")

HEADER: Final = "| Field | In the UI | Required | Description |\n|---|---|---|---|\n"
TABLE: Final = re.compile(re.escape(HEADER) + r"(?P<rows>(?:\|.*\n)+)")
SECTION: Final = re.compile(r"^(?=## )", re.MULTILINE)
ACTION: Final = re.compile(r"## .*\n\s*`particle\.(?P<name>\w+)`")

# Fields that are required under a condition, which services.yaml cannot express.
REQUIRED: Final[Mapping[str, str]] = {
    "compile.device_id": "one of `device_id`, `platform_id`, `product_id`",
    "compile.media": "this or `path`",
    "compile.path": "this or `media`",
    "compile.platform_id": "one of `device_id`, `platform_id`, `product_id`",
    "compile.product_id": "one of `device_id`, `platform_id`, `product_id`",
    "create_oauth_client.redirect_uri": "for `web`",
    "create_webhook.body": "at most one of `json`, `form`, `body`",
    "create_webhook.form": "at most one of `json`, `form`, `body`",
    "create_webhook.json": "at most one of `json`, `form`, `body`",
    "create_webhook.password": "with `username`",
    "create_webhook.username": "with `password`",
    "flash.media": "this or `path`",
    "flash.path": "this or `media`",
    "release_product_firmware.groups": "this or `product_default`",
    "release_product_firmware.product_default": "this or `groups`",
    "replay_event.event": "this or `number`",
    "replay_event.number": "this or `event`",
    "update_webhook.body": "at most one of `json`, `form`, `body`",
    "update_webhook.form": "at most one of `json`, `form`, `body`",
    "update_webhook.json": "at most one of `json`, `form`, `body`",
    "update_webhook.password": "with `username`",
    "update_webhook.username": "with `password`",
    "upload_product_firmware.media": "this or `path`",
    "upload_product_firmware.path": "this or `media`",
}
ADDED: Final[Mapping[str, str]] = {
    "compile.media": "In YAML: `media-source://media_source/local/…`.",
    "compile.path": "Use a list for several source files.",
    "compile.save_to": "An existing file is replaced.",
    "flash.build_target_version": "See [List build targets](#list-build-targets).",
    "flash.media": "In YAML: `media-source://media_source/local/…`.",
    "flash.path": "Use a list for several source files.",
    "get_library.name": "Not case-sensitive.",
    "list_oauth_clients.product_id": "If the credentials belong to a single product, the clients of"
    " that product are always listed.",
    "publish_event.device_id": "Cannot be used together with a product.",
    "publish_event.product_id": "The product has to be selected in the options of the account.",
    "release_product_firmware.groups": "An empty list withdraws it from all groups.",
    "replay_event.data": "Only used together with `event`.",
    "request.path": "Names can contain spaces and `@`; write a slash in a name as `%2F`.",
    "test_webhook.data": "Particle's default is `test-event`.",
    "update_webhook.disabled": "`true` stops the webhook, `false` starts it again.",
    "update_webhook.headers": "All existing headers are replaced.",
    "update_webhook.query": "All existing parameters are replaced.",
    "update_webhook.remove": "`auth` stands for username and password.",
    "upload_product_firmware.media": "In YAML: `media-source://media_source/local/…`.",
}


def filled(integration: Path, docs: Path) -> dict[Path, str]:
    """Return the pages about actions with up-to-date tables, by path.

    Args:
        integration: Folder with services.yaml and the translations.
        docs: Folder with the pages.
    """
    actions = load_yaml_dict(str(integration / "services.yaml"))
    english = (integration / "translations" / "en.json").read_text(encoding="utf-8")
    texts = json.loads(english)["services"]
    pages = {}
    for path in (docs / name for name in PAGES):
        sections = SECTION.split(path.read_text(encoding="utf-8"))
        for place, section in enumerate(sections):
            if (action := ACTION.match(section)) and (name := action["name"]) in actions:
                sections[place] = _with_table(section, name, actions[name], texts[name])
        pages[path] = "".join(sections)
    return pages


def _with_table(
    section: str, action: str, declared: Mapping[str, Any], texts: Mapping[str, Any]
) -> str:
    """Return the section of an action with the rows of its fields.

    A target has no texts in Home Assistant, so its row is kept.
    """
    rows = [
        _row(f"{action}.{name}", field, texts["fields"][name])
        for name, field in _fields(declared).items()
    ]

    def fill(table: re.Match[str]) -> str:
        present = table["rows"].splitlines(keepends=True)
        return "".join([HEADER, *(row for row in present if row.startswith("| `target` ")), *rows])

    return TABLE.sub(fill, section, count=1)


def _fields(declared: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the fields of an action, including those in sections."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, field in (declared.get("fields") or {}).items():
        found |= field.get("fields", {name: field})
    return found


def _row(key: str, field: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    required = "yes" if field.get("required") else REQUIRED.get(key, "no")
    [(kind, options)] = field["selector"].items()
    sentences = [texts["description"], ADDED.get(key, ""), *_values(kind, options or {})]
    if "default" in field:
        default = field["default"]
        sentences.append(
            f"Default: `{default if isinstance(default, str) else json.dumps(default)}`."
        )
    if kind == "text" and (options or {}).get("type") == "password":
        sentences.insert(0, "🔑")
    description = " ".join(sentence for sentence in sentences if sentence)
    return f"| `{key.partition('.')[2]}` | {texts['name']} | {required} | {description} |\n"


def _values(kind: str, options: Mapping[str, Any]) -> list[str]:
    """Return a sentence with the values that the selector of a field allows, if it limits them."""
    if kind == "number" and "max" in options:
        return [f"{options['min']} to {options['max']}."]
    if kind == "select":
        values = [
            f"`{one}`" if isinstance(one, str) else f"`{one['value']}` ({one['label']})"
            for one in options["options"]
        ]
        return [f"Values: {', '.join(values)}."]
    return []
