"""Fixtures: the project's own data, atlases made of it, and a network that is cut."""

import socket
from pathlib import Path

import pytest

from graphx.atlas import Atlas, build, save
from graphx.tables import Settings

ROOT = Path(__file__).parents[1]
EVIL = (
    "FooNet</script><script>alert(1)</script>: <img src=x onerror=alert(2)> & \"quotes\" 'and' href=javascript:alert(3)"
)
ABSTRACT = (
    "We propose FooNet<b>, a net that beats LLMs on CIFAR-10 datasets & <iframe src='//evil.example'></iframe> "
    "keeps ]]> and --> and {{vis}} and \\u0000 and =cmd|' /C calc'!A0 and \u202eright to left\u202c intact."
)
SEEDS = ROOT / "data" / "seeds"
SMALL = Path(__file__).parent / "pages" / "small.txt"


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing connect to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"the network was used: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHX_ATLAS", raising=False)


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    """Return the atlas of the five listing pages."""
    return build([SEEDS])


@pytest.fixture(scope="session")
def small() -> Atlas:
    """Return the atlas of a page of six made-up papers."""
    return build([SMALL])


@pytest.fixture(scope="session")
def atlas_folder(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the atlas of the five pages."""
    folder = tmp_path_factory.mktemp("atlas") / "seeds"
    save(atlas, folder)
    return folder


@pytest.fixture
def settings() -> Settings:
    """Return the settings that a build has by default."""
    return Settings()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files anew; read their difference before you commit it."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Return an atlas of papers whose texts are HTML."""
    page = tmp_path_factory.mktemp("evil") / "<b>page&.txt"
    other = "A Study of FooNet and LLMs\nWe use FooNet, CIFAR-10 and LLMs in a study of nets that is long enough here."
    page.write_text(f"{EVIL}\n{ABSTRACT}\n{other}\n", encoding="utf-8")
    return build([page])
