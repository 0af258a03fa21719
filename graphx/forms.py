"""When two forms are one: spelling, plural, hyphens, generic heads, and the slug of a label."""

import re
import unicodedata

from graphx.nlp.names import is_name_like

_INVARIABLE = re.compile(
    r"(k\W{0,2}(?:means|medoids|modes|medians)|series|species|news|physics|mathematics|"
    r"dynamics|statistics|analytics|robotics|semantics|"
    r"ethics|economics|optics|bayes|lens|bias|atlas|pandas|chaos|us|is|ss)$",
    re.I,
)
# What may follow a name without making it another: "CIFAR-10 dataset", "Adam optimizer".
_AFTER_NAME = re.compile(
    r"[\s-]+(?:data ?sets?|benchmarks?|corpus|algorithms?|frameworks?|models?|architectures?|optimi[sz]ers?|methods?|"
    r"approach(?:es)?|librar(?:y|ies)|toolkits?|systems?|metrics?|scores?|challenge)$",
    re.I,
)
_VERSION = re.compile(r"[A-Z][\w.-]*\s+[vV]?\d+(?:\.\d+)*$")
# What may follow a phrase that already says what is done: "community detection algorithm".
_AFTER_PHRASE = re.compile(
    r"(?<=ing|ion|sis|ent|rch) (?:algorithms?|methods?|approach(?:es)?|techniques?|problems?|tasks?)$", re.I
)
_SPELLING = (
    (re.compile(r"isation"), "ization"),
    (re.compile(r"(?<=\w{4})ising\b"), "izing"),
    (re.compile(r"(?<=[mnrt]al)is(?=ed|er|ing)"), "iz"),
    (re.compile(r"neighbour"), "neighbor"),
    (re.compile(r"behaviour"), "behavior"),
    (re.compile(r"modell(?=ing|ed)"), "model"),
    (re.compile(r"labell(?=ing|ed)"), "label"),
    (re.compile(r"centre"), "center"),
    (re.compile(r"colour"), "color"),
)
_BRITISH = re.compile("is|our|labell|modell|centre")  # what a form must hold for one of them to change it
# An acronym that stands within its phrase: "real-time neural network (NN) inference", "learning (RL".
_INSERTED = re.compile(r"\s+\([^()]*\)?")
_LATEX = re.compile(r"\\[A-Za-z]+\s*\{?|[{}$]")
_LEADING_ARTICLE = re.compile(r"^(?:the|an?|our)\s+", re.I)


def without_latex(form: str) -> str:
    r"""Return a form without LaTeX's commands, braces and dollars: \textbf{BERT} is "BERT"."""
    plain = _LATEX.sub("", form).strip() if any(c in form for c in "\\{$") else form
    return plain if any(c.isalnum() for c in plain) else form


def singular(form: str) -> str:
    """Take the plural off the last word, unless the word is not one (k-means, NAS, analysis)."""
    if re.search(r"[A-Z0-9]s$", form) and len(form) > 2:  # LLMs, P-ReLUs
        return form[:-1]
    if form[-1:] != "s" or len(form) < 4 or _INVARIABLE.search(form):
        return form
    if form.endswith("ies") and len(form) > 4:
        return f"{form[:-3]}y"
    if re.search(r"(?:ss|x|(?<!ca)ch|sh|bias)es$", form):
        return form[:-2]
    if form.endswith("indices"):
        return f"{form[:-4]}ex"
    return form[:-1]


def american(text: str) -> str:
    """Write a text in small letters with American spelling, as far as it matters for the names of concepts."""
    if _BRITISH.search(text):
        for pattern, new in _SPELLING:
            text = pattern.sub(new, text)
    return text


def without_insertions(text: str) -> str:
    """Leave out what stands in brackets after a space."""
    return _INSERTED.sub("", text)


def normalise(form: str) -> str:
    """Reduce a form to what tells it from others; equal results are one concept.

    "the CIFAR-10 dataset" and "CIFAR10" give "cifar10"; "GPT-3" and "GPT-4" stay apart,
    and so do "k-means" and "k-means++".
    """
    plain = unicodedata.normalize("NFKC", without_latex(form)).strip(" \"'“”‘’`.,;:~")
    plain = without_insertions(_LEADING_ARTICLE.sub("", plain)) or plain
    trimmed = _AFTER_NAME.sub("", plain)
    if trimmed != plain and trimmed and (is_name_like(trimmed.split()[-1]) or _VERSION.search(trimmed)):
        plain = trimmed
    plain = _AFTER_PHRASE.sub("", plain)
    key = american(singular(plain).casefold())
    return re.sub(r"[^\w+.#]|_|\.(?!\d)|(?<!\d)\.", "", key) or key or form


def slugify(label: str) -> str:
    """Write a label with ASCII letters, digits and hyphens only; other scripts stay as they are."""
    plain = unicodedata.normalize("NFKD", label.replace("+", " plus ").replace("#", " sharp "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "unnamed"
