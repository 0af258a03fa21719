"""Bytes to clean text: encodings, and characters that no later format can carry."""

import re
import unicodedata
from pathlib import Path

from graphx.errors import InputError

BINARY_SHARE = 0.05
"""A file with more control characters than this share of its first bytes is no text."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029\u200b\u2060\ufeff]")
_SPACE = re.compile(r"\s+")


def is_binary(data: bytes) -> bool:
    """Tell whether bytes are no text in any encoding that `decode` tries."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, which is full of zero bytes
        return False
    head = data[:8192]
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return b"\x00" in head or control > BINARY_SHARE * len(head)


def decode(data: bytes) -> tuple[str, str | None]:
    """Decode bytes as UTF-8, else UTF-16 by its mark, else Windows-1252.

    Returns:
        The text with every line break as a line feed, and a message where it is a guess or damaged.
    """
    message = None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
        if "\ufffd" in text:
            message = "some of its UTF-16 is damaged; those characters were replaced by �"
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            if error.end >= len(data) and error.reason == "unexpected end of data":
                text = data.decode("utf-8-sig", errors="ignore")
                message = f"the file ends in the middle of a character (line {line}): it was cut"
            else:
                text = data.decode("cp1252", errors="replace")
                message = (
                    f"not UTF-8 (line {line}): read as Windows-1252, so check accents and symbols; "
                    "saving the file as UTF-8 avoids the guess"
                )
    return text.replace("\r\n", "\n").replace("\r", "\n"), message


def read_text(path: Path, expected: str) -> str:
    """Read a small text file that a user wrote.

    Args:
        path: the file.
        expected: a sentence that says what it should hold.

    Raises:
        InputError: it cannot be opened, or is no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror}). Check the path. {expected}") from None
    if is_binary(data):
        raise InputError(f"{path}: not text. {expected}")
    return decode(data)[0]


def clean(text: str) -> str:
    """Put a title or abstract on one line, in composed Unicode, without control characters."""
    if text.isascii() and text.isprintable() and "  " not in text:  # as most are, and it is much quicker
        return text.strip()
    return _SPACE.sub(" ", _CONTROL.sub(" ", unicodedata.normalize("NFC", text))).strip()
