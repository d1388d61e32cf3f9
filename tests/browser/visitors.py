"""People in front of the pages: each has a browser context of their own, signed in."""

from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import APIResponse, Browser, BrowserContext, ConsoleMessage, Locator, Page, WebError

from tests.demo.real_demo import RealDemo

LAPTOP = {"width": 1366, "height": 768}
# A page has settled when the stream has said who is on it.
SETTLED_WITHIN_MS = 20_000


class Visitor:
    """One person's browser."""

    def __init__(self, context: BrowserContext, web: str) -> None:
        self.context = context
        self._web = web

    def open(self, path: str, page: Page | None = None) -> Page:
        """A page, new if none is given, at this path."""
        page = page or self.context.new_page()
        page.goto(urljoin(self._web, path))
        return page

    def open_live(self, path: str, page: Page | None = None) -> Page:
        """A page with a stream, once that is live."""
        page = self.open(path, page)
        page.locator('[data-testid="connection"][data-state="live"]').wait_for(timeout=SETTLED_WITHIN_MS)
        return page

    def get(self, path: str, **headers: str) -> APIResponse:
        """What this person's browser is answered, without a page."""
        return self.context.request.get(urljoin(self._web, path), headers=headers, max_redirects=0)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text()[:300]}"
        return answer.json()

    def post(self, path: str, data: Any) -> APIResponse:
        token = next(cookie["value"] for cookie in self.context.cookies() if cookie["name"] == "csrftoken")
        headers = {"X-CSRFToken": token, "Origin": self._web}
        return self.context.request.post(urljoin(self._web, path), data=data, headers=headers, max_redirects=0)


class Visitors:
    """Lets people in, and notes what went wrong on any of their pages."""

    def __init__(self, browser: Browser, demo: RealDemo, sessions: dict[str, Any]) -> None:
        self.problems: list[str] = []
        self._browser = browser
        self._demo = demo
        self._web = demo.run["web"]
        self._sessions = sessions
        self._contexts: list[BrowserContext] = []

    def stranger(self, **options: Any) -> Visitor:
        """Somebody who has not signed in. `options` as Playwright's `new_context` takes them."""
        options = {"viewport": LAPTOP, "locale": "en-US", **options}
        context = self._browser.new_context(**options)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)
        self._contexts.append(context)
        return Visitor(context, self._web)

    def enter(self, role: str, organization: str = "northgate", *, anew: bool = False, **options: Any) -> Visitor:
        """Somebody of the demo, signed in: by the form the first time or if `anew`, else with the cookies of then."""
        accounts = self._demo.run["accounts"]
        account = next(a for a in accounts if (a["role"], a["organization"]) == (role, organization))
        return self.enter_with(account["email"], account["password"], anew=anew, **options)

    def enter_with(self, email: str, password: str, *, anew: bool = False, **options: Any) -> Visitor:
        if not anew and email in self._sessions:
            return self.stranger(storage_state=self._sessions[email], **options)
        visitor = self.stranger(**options)
        page = visitor.open("/accounts/login/")
        sign_in(page, email, password)
        page.close()
        if not anew:
            self._sessions[email] = visitor.context.storage_state()
        return visitor

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{message.location.get('url')}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.problems.append(str(error.error))


def sign_in(page: Page, email: str, password: str) -> None:
    """By the form, to where that leads."""
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def tile_of(page: Page, mrn: str) -> Locator:
    """A patient's tile on the ward."""
    return page.locator('[data-testid="tile"]').filter(has=page.locator(f'[data-part="mrn"]:text-is("{mrn}")'))
