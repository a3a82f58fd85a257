"""The app behind a real nginx: prefixes, ports that are lost, https, and frames."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.ui.headers import FRAMES
from explorer.ui.plotly_js import PLOTLY
from tests.browser.conftest import (
    PATIENCE,
    ROOT,
    Opener,
    Profiles,
    app_serving,
    drawn,
    opening,
    state_is,
    visit,
)
from tests.browser.nginx import NoNginxError, certificate, program, proxying
from tests.ports import free_port

pytestmark = pytest.mark.browser

PASSED_ON = """
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
    proxy_set_header X-Forwarded-Proto $scheme;
"""
BASE = "rooms/explorer"
ONE_CHART = "?embed=true&panel=loss"
"""Asks for a page of one chart: it needs the same roads, and less time."""


class Proxy:
    """Where nginx answers, by what it does there."""

    def __init__(self, forwarding: int) -> None:
        self.readme, self.prefixes, self.dropping = (free_port() for _ in range(3))
        self.forwarding = forwarding

    def servers(self, plain: str, keys: tuple[Path, Path]) -> str:
        """nginx's settings; the one without a prefix is the README's own."""
        tls = f"ssl_certificate {keys[0]}; ssl_certificate_key {keys[1]};"
        named = f"{PASSED_ON} proxy_set_header Host $http_host;"
        portless = f"{PASSED_ON} proxy_set_header Host $host;"
        other = f"http://127.0.0.1:{self.forwarding}"
        frame = f"https://explorer.test:{self.prefixes}/{BASE}/?embed=true"
        return f"""
        {in_readme(plain, self.readme, keys)}
        server {{
            listen 127.0.0.1:{self.prefixes} ssl; {tls}
            location /{BASE}/ {{ proxy_pass {other}; {named} }}
            location /stripped/ {{ proxy_pass {plain}/; {named} }}
            location = /frame {{
                default_type text/html;
                return 200 '<iframe src="{frame}" width=1400 height=2000></iframe>';
            }}
        }}
        server {{
            listen 127.0.0.1:{self.dropping};
            location /{BASE}/ {{ proxy_pass {other}; {portless} }}
            location / {{ proxy_pass {plain}; {portless} }}
        }}
        """


def in_readme(plain: str, port: int, keys: tuple[Path, Path]) -> str:
    """What the README says, with these tests' addresses and files."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^    server \{\n.*?^    \}\n", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    block = found[0]
    for theirs, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("explorer.example;", "explorer.test;"),
        ("/etc/ssl/certs/explorer.pem", str(keys[0])),
        ("/etc/ssl/private/explorer.key", str(keys[1])),
        ("http://127.0.0.1:8501", plain),
    ):
        assert block.count(theirs) == 1, theirs
        block = block.replace(theirs, ours)
    return block


@pytest.fixture(scope="module")
def proxy(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """An nginx before two servers, one of them under a base path."""
    try:
        program()
    except NoNginxError as reason:
        pytest.skip(str(reason))
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here; it makes the certificate")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    proxy = Proxy(port)
    keys = certificate(folder, "explorer.test", "school.test")
    origins = f"http://explorer.test:{proxy.dropping}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FRAMES, f"https://school.test:{proxy.prefixes}")
        with (
            app_serving(port, folder, baseUrlPath=BASE, corsAllowedOrigins=origins),
            proxying(folder, proxy.servers(address, keys), proxy.dropping),
        ):
            yield proxy


@pytest.fixture
def open_there(profiles: Profiles) -> Iterator[Opener]:
    """Open a whole address; nobody vouches for the certificate."""
    with opening(profiles, "") as opener:
        yield lambda url: opener(url, ready=False, ignore_https_errors=True)


def charts_come(page: Page) -> None:
    drawn(page)
    state_is(page, "Finished")


def works(page: Page, base: str) -> None:
    """Charts are drawn under this address, on the first page and after another."""
    charts_come(page)
    visit(page, "Class")
    page.wait_for_url(f"{base}/class*")
    visit(page, "Playground")
    charts_come(page)
    assert page.evaluate("document.title") == "Sequence Explorer"
    script = page.evaluate(
        "path => fetch(new URL(path, document.baseURI)).then(answer =>"
        " [answer.url, answer.headers.get('content-type')])",
        PLOTLY,
    )
    assert script == [f"{base}/{PLOTLY}", "text/javascript; charset=utf-8"]


@pytest.mark.parametrize("prefix", [BASE, "stripped"])
@pytest.mark.parametrize("slash", ["", pytest.param("/", marks=pytest.mark.slow)])
def test_under_a_prefix_charts_come(
    proxy: Proxy, open_there: Opener, prefix: str, slash: str
) -> None:
    base = f"https://explorer.test:{proxy.prefixes}/{prefix}"
    works(open_there(base + slash), base)


def test_as_the_readme_says_charts_come_and_uploads_pass(
    proxy: Proxy, open_there: Opener
) -> None:
    base = f"https://explorer.test:{proxy.readme}"
    page = open_there(base)
    works(page, base)
    (cookie,) = [c for c in page.context.cookies() if c["name"] == "explorer_owner"]
    assert cookie["secure"]
    address = f"https://127.0.0.1:{proxy.readme}/_stcore/upload_file/a/b"
    answer = httpx2.put(address, content=b"0" * 2**25, verify=False)
    assert answer.status_code != 413
    answer = httpx2.put(address, content=b"0" * 2**26, verify=False)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("host", "prefix"), [("localhost", ""), ("explorer.test", f"/{BASE}")]
)
def test_where_the_port_is_lost_charts_come_from_allowed_addresses(
    proxy: Proxy, open_there: Opener, host: str, prefix: str
) -> None:
    page = open_there(f"http://{host}:{proxy.dropping}{prefix}/{ONE_CHART}")
    page.wait_for_function(
        "document.querySelector('[data-panel=loss]')?._fullData?.length > 0"
    )


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en-US", "The server refuses this page"), ("zh-CN", "服务器拒绝了此页面")],
)
def test_a_page_that_is_refused_says_so(
    proxy: Proxy, browser: Browser, locale: str, words: str
) -> None:
    page = browser.new_page(locale=locale)
    page.goto(f"http://explorer.test:{proxy.dropping}/models")
    expect(page.get_by_role("alert")).to_contain_text(words, timeout=PATIENCE)
    expect(page.get_by_role("alert")).to_contain_text("server.corsAllowedOrigins")
    page.close()


def test_a_live_socket_that_is_blocked_says_so(proxy: Proxy, browser: Browser) -> None:
    page = browser.new_page(locale="en-US", ignore_https_errors=True)
    page.add_init_script(
        """const Real = WebSocket
        window.WebSocket = class extends Real {
          constructor(url, ...more) {
            super(/live$/.test(url) ? `${location.origin}/nothing` : url, ...more)
          }
        }"""
    )
    page.goto(f"https://explorer.test:{proxy.readme}/{ONE_CHART}")
    alert = page.locator(".sx-message")
    expect(alert).to_contain_text("has to forward WebSockets", timeout=PATIENCE)
    page.close()


def test_in_a_frame_of_another_site_a_visitor_keeps_a_run(
    proxy: Proxy, open_there: Opener
) -> None:
    page = open_there(f"https://school.test:{proxy.prefixes}/frame")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Train", exact=True).click()
    pause = frame.get_by_role("button", name="Pause", exact=True)
    expect(pause).to_be_enabled()
    inside = page.frames[1]
    inside.wait_for_function("location.search.includes('run=')")
    run = re.search(r"run=([\w-]+)", urlsplit(inside.url).query)
    assert run is not None
    inside.goto(f"{inside.url}&embed=true")
    expect(frame.locator(".sx-state")).to_have_text(re.compile("Training|Finished"))
    expect(frame.get_by_text("You watch another's run")).to_have_count(0)
    expect(frame.get_by_role("button", name="Fork", exact=True)).to_be_visible()
    expect(frame.get_by_text("another's")).to_have_count(0)
    (cookie,) = page.context.cookies()
    assert (cookie["sameSite"], cookie["secure"]) == ("None", True)
