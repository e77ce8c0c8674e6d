"""A browser of 2010: pages, links and forms, nothing else. It types, presses and follows 303."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

VOID = {"input", "link", "meta", "br", "img", "hr"}
# What is in these is not on the page.
UNSEEN = {"script", "style", "template", "title"}


@dataclass
class Button:
    """A button: pressing it posts its own name and value, to its own address if it has one."""

    label: str = ""
    name: str = ""
    value: str = ""
    action: str = ""


@dataclass
class Form:
    """A form as it stands on the page: what its controls hold, and its buttons."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """What is on a page: its words, links, and forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.ids: set[str] = set()
        self._open: list[str] = []
        self._form: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._button: Button | None = None
        self._select = ""
        self._href: str | None = None
        self._label: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        """Everything that can be read, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        if tag not in VOID:
            self._open.append(tag)
        if self._is_unseen:
            return
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "a":
            self._href, self._label = found.get("href", ""), []
        elif self._form is not None:
            self._control(tag, found, self._form)

    def _control(self, tag: str, found: dict[str, str], form: Form) -> None:
        name = found.get("name", "")
        if tag == "button":
            self._button = Button("", name, found.get("value", ""), found.get("formaction", ""))
            form.buttons.append(self._button)
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            form.values[self._select] = [found.get("value", "")]
        elif tag == "option":
            form.values.setdefault(self._select, [found.get("value", "")])
        elif tag == "input":
            self._input(found, name, form)
        if name:
            form.names.add(name)

    def _input(self, found: dict[str, str], name: str, form: Form) -> None:
        if found.get("type") not in ("checkbox", "radio"):
            form.values.setdefault(name, []).append(found.get("value", ""))
            return
        form.choices.setdefault(name, []).append(found.get("value", "on"))
        if "checked" in found:
            form.values.setdefault(name, []).append(found.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._is_unseen:
            return
        if self._area is not None:
            self._area[1].append(data)
        if self._button is not None:
            self._button.label = " ".join(f"{self._button.label}{data}".split())
        if self._href is not None:
            self._label.append(data)
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            # Browsers drop the first line end of a text area.
            self._form.values[self._area[0]] = ["".join(self._area[1]).removeprefix("\n")]
            self._area = None
        elif tag == "button":
            self._button = None
        elif tag == "a" and self._href is not None:
            self.links.append((" ".join("".join(self._label).split()), self._href))
            self._href = None

    @property
    def _is_unseen(self) -> bool:
        return any(tag in UNSEEN for tag in self._open)


class PlainBrowser:
    """Somebody at a browser without JavaScript."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.page = Page("")
        self.address = "/"
        self.status = 0
        self.seen: list[str] = []

    @property
    def text(self) -> str:
        """The words of the page one is on."""
        return self.page.text

    async def open(self, path: str) -> str:
        """Go to an address; return the words there."""
        return await self._show(await self.client.get(path))

    async def follow(self, label: str) -> str:
        """Follow the first link whose words contain `label`."""
        hrefs = [href for words, href in self.page.links if label in words]
        assert hrefs, f"no link {label!r} on {self.address}: {self.page.links}"
        return await self.open(urljoin(self.address, hrefs[0]))

    def form(self, label: str, *, at: str = "") -> tuple[Form, Button]:
        """Return the first form with such a button; `at` is part of where it posts to."""
        for form in self.page.forms:
            for button in form.buttons:
                action = button.action or form.action
                if label == button.label and at in action:
                    return form, button
        labels = [button.label for form in self.page.forms for button in form.buttons]
        raise AssertionError(f"no button {label!r} on {self.address}: {labels}\n{self.text}")

    async def press(
        self, label: str, typed: dict[str, str | list[str]] | None = None, *, at: str = ""
    ) -> str:
        """Type into the form that has this button, press it, and go where that leads."""
        form, button = self.form(label, at=at)
        fields: dict[str, list[str]] = {name: list(held) for name, held in form.values.items()}
        for name, value in (typed or {}).items():
            assert name in form.names, f"no {name!r} in the form on {self.address}: {form.names}"
            fields[name] = [value] if isinstance(value, str) else value
        if button.name:
            fields[button.name] = [button.value]
        action = urljoin(self.address, button.action or form.action or self.address)
        return await self.post(action, fields)

    async def post(self, path: str, fields: dict[str, Any]) -> str:
        """Post a form as it is; return the words of where that leads."""
        return await self._show(await self.client.post(path, data=fields))

    async def _show(self, answer: httpx2.Response) -> str:
        while answer.status_code == 303:
            answer = await self.client.get(urljoin(str(answer.url), answer.headers["location"]))
        assert answer.status_code < 500, f"{answer.request.url}: {answer.text}"
        address = urlsplit(str(answer.url))
        self.address = address.path + (f"?{address.query}" if address.query else "")
        self.status = answer.status_code
        self.page = Page(answer.text)
        self.seen.append(self.text)
        return self.text
