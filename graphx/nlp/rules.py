"""Names that no list can know: what the paper defines, coins, or writes like a name.

Four rules, each adding spans to `doc.spans` with a kind as label: acronyms with their long
forms, the name before a title's colon, "a framework called X", and words spelled like
names (GSPMD, LoRA, CIFAR-10). A last rule files phrases such as "hierarchical image
clustering" by the research problem that ends them.
"""

import re
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.acronyms import definitions
from graphx.nlp.terms import SPANS, is_generic, known_kind
from graphx.tables import Kind

DATASET_WORDS = r"(?:data ?sets?|benchmarks?|corpus|corpora|leaderboards?|challenges?|test suites?|test ?beds?)"
_DATASET_HEADS = {"dataset", "datasets", "benchmark", "corpus", "challenge", "leaderboard", "suite", "bench"}
_METRIC_HEADS = {
    "accuracy", "error", "score", "rate", "ratio", "index", "latency", "throughput", "precision", "recall",
    "loss", "distance", "time", "objectives", "objective", "count", "coefficient", "information",
}  # fmt: skip
_TASK_HEADS = {
    "adaptation", "alignment", "allocation", "analysis", "annotation", "calling", "captioning", "classification",
    "clustering", "completion", "compression", "computing", "counting", "deployment", "detection", "discovery",
    "editing", "embedding", "engineering", "estimation", "extraction", "forecasting", "fusion", "generation",
    "hashing", "indexing", "inference", "integration", "learning", "localization", "management", "matching",
    "merging", "modeling", "navigation", "optimization", "partitioning", "placement", "planning", "prediction",
    "pretraining", "processing", "pruning", "quantization", "ranking", "reasoning", "recognition",
    "recommendation", "reconstruction", "registration", "rendering", "repair", "resolution", "restoration",
    "retrieval", "routing", "sampling", "scheduling", "search", "segmentation", "selection", "serving",
    "simulation", "summarization", "surgery", "synthesis", "testing", "tracking", "training", "translation",
    "tuning", "understanding", "unlearning", "verification", "problem",
}  # fmt: skip

# Capitals that name nothing a paper could be filed under.
_NO_NAMES = {
    "AI", "ML", "NLP", "CV", "HPC", "CPU", "CPUs", "GPU", "GPUs", "TPU", "TPUs", "RAM", "SSD", "SSDs", "OS", "IO",
    "I/O", "API", "APIs", "URL", "HTML", "PDF", "XML", "JSON", "NP", "NP-hard", "SOTA", "SoTA", "IID", "OK", "US",
    "USA", "UK", "EU", "II", "III", "IV", "VI", "VII", "PhD", "TODO", "QA", "UI", "GUI", "IDE", "IT", "IDs", "ID",
    "GitHub", "arXiv", "HuggingFace", "OpenReview", "CVPR", "ICML", "ICLR", "NeurIPS", "ACL", "MICCAI", "LaTeX",
    "GB", "MB", "KB", "TB", "GHz", "MHz", "ICT", "CEO", "OOD", "OOM", "LHS", "RHS", "iff", "MSc", "TV", "PC", "OpenAI",
}  # fmt: skip

_NO_SUFFIXES = set("based driven powered generated guided enhanced assisted aware free like style augmented".split())

# Words that end a phrase when read backwards from its head: no part of a term.
_NO_MODIFIERS = set(
    """
    a an the this that these those our their its his her each every any some all both such other another same and or
    but nor so yet if then than as at by for from in into of on onto over per through to under up via with within
    without between among across during after before against toward towards about around while is are was were be
    been being has have had do does did can could may might will would shall should must we it they i you he she who
    which what when where why how there here not no only also very more most less new novel efficient effective
    existing previous prior recent several various different many multiple few two three four five first second
    third one next last good better best high higher low lower large larger small smaller fast faster slow simple
    complex general specific common popular standard traditional conventional current modern advanced powerful
    important key main major significant promising successful practical real robust scalable accurate optimal
    improved improving improve enhance enhancing enable enabling reduce reducing use using used uses based perform
    performing achieve achieving support supporting propose proposed present make making makes allow allowing
    require requiring provide providing accelerate accelerating facilitate address addressing tackle tackling solve
    solving study studying consider considering apply applying state-of-the-art extensive comprehensive overall
    further subsequent respective corresponding underlying challenging costly time quality performance end-to-end
    downstream original entire whole full given whose like including theoretical empirical systematic experimental
    statistical open comparative numerical thorough qualitative quantitative large-scale small-scale real-world
    real-time in-depth preliminary careful detailed initial hard above below said certain introduce introduces
    develop design train learn explore investigate demonstrate show need conduct evaluate analyze compare handle
    avoid limit increase decrease minimize maximize optimize combine formulate define extend outperform outperforms
    leverage leverages leveraging allows requires involves remains fundamental widely highly fully jointly directly
    typically often beat beats simultaneous additional crucial critical
    """.split()
)

_WORD = re.compile(r"(?<![\w@/\\])[A-Za-z0-9][\w²³ᵀ]*(?:[-+./][\w]+)*(?:\+\+|\+)?")
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|namely|denoted|abbreviated as)\s+(?:as\s+)?[\"“'`]*"
    r"((?:[A-Z][\w+²³-]*)(?:[ -][A-Z][\w+²³-]*){0,4})"
)
_TITLE_NAME = re.compile(r"^[\"“]?(.{2,60}?)[\"”]?(?:\s*:\s+|\s+[-–—]+\s+|, (?=[aA]n? |[tT]he ))")
_PHRASE = re.compile(r"(?<![\w'’-])((?:[A-Za-z][\w-]* ){1,3})(" + "|".join(sorted(_TASK_HEADS)) + r")s?(?![\w-])", re.I)


@Language.component("graphx_rules")
def rules(doc: Doc) -> Doc:
    """Add what the rules find to `doc.spans`."""
    found = [
        *_acronyms(doc),
        *_title_name(doc),
        *_called(doc),
        *_names(doc),
        *_phrases(doc),
    ]
    doc.spans[SPANS] = [*doc.spans.get(SPANS, ()), *found]
    return doc


def _span(doc: Doc, start: int, end: int, kind: Kind, by: str) -> Iterator[Span]:
    """Yield the span at these characters if they are whole tokens."""
    span = doc.char_span(start, end, label=kind.value, span_id=by)
    if span is not None:  # else it is part of a longer word, an address mostly
        yield span


def _everywhere(doc: Doc, form: str, kind: Kind, by: str, any_case: bool = False) -> Iterator[Span]:
    """Yield every occurrence of a form, its plural included, as whole words."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(form)}s?(?![\w])", re.I if any_case else 0)
    for match in pattern.finditer(doc.text):
        yield from _span(doc, match.start(), match.end(), kind, by)


def _acronyms(doc: Doc) -> Iterator[Span]:
    text = doc.text
    pairs = [(text[d.short_start : d.short_end], text[d.long_start : d.long_end]) for d in definitions(text)]
    for short, long in dict.fromkeys(pairs):
        singular = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
        kind = known_kind(short, long) or kind_of_phrase(long)
        if kind == Kind.TASK and not singular.isupper() and not known_kind(short, long):
            kind = Kind.METHOD  # who coins a name with small letters in it (MatQuant) coins a method
        if singular not in _NO_NAMES:
            yield from _everywhere(doc, singular, kind, "acronym")
        yield from _everywhere(doc, long, kind, "acronym", any_case=True)


def _title_name(doc: Doc) -> Iterator[Span]:
    title, _, abstract = doc.text.partition("\n")
    match = _TITLE_NAME.match(title)
    if not match or len(match[1].split()) > 3 or title.isupper():
        return
    name, subtitle = match[1].strip(), title[match.end() :].lower()
    again = re.search(rf"(?<![.!?\n] )(?<!^)\b{re.escape(name)}\b", abstract)
    surveyed = known_kind(name) and re.search(
        r"\b(?:survey|review|stud|look|analy|evaluat|benchmark|case|guide)", subtitle
    )
    if not (is_name_like(name.split()[0]) or again) or is_generic(name) or surveyed:
        return
    kind = Kind.DATASET if re.search(rf"\b{DATASET_WORDS}\b|\bbench", f"{subtitle} {name.lower()}") else Kind.METHOD
    yield from _everywhere(doc, name, kind, "title")


def _called(doc: Doc) -> Iterator[Span]:
    for name in dict.fromkeys(match[1] for match in _CALLED.finditer(doc.text)):
        kind = kind_of_phrase(name)
        yield from _everywhere(doc, name, Kind.METHOD if kind == Kind.TASK else kind, "called")


def _names(doc: Doc) -> Iterator[Span]:
    """Yield words spelled like names; in a list beside "datasets" they are datasets."""
    text = doc.text
    title_end = text.find("\n")
    shouting = text[:title_end].isupper()
    found = []
    for match in _WORD.finditer(text):
        name = _name_part(match[0])
        if name and not (shouting and match.start() < title_end):
            found.append((match.start(), match.start() + len(name)))
    datasets = {text[start:end] for run in _runs(text, found) if _beside_datasets(text, run) for start, end in run}
    for start, end in found:
        kind, by = (Kind.DATASET, "dataset cue") if text[start:end] in datasets else (Kind.METHOD, "spelling")
        yield from _span(doc, start, end, kind, by)


def is_name_like(word: str) -> bool:
    """Tell whether a word is spelled like a name: inner capitals, or letters with digits."""
    return _name_part(word) is not None


def _name_part(word: str) -> str | None:
    """Return the part of a word that is a name ("LLM" of "LLM-based"), or None."""
    word = word.rstrip(".-/")
    parts = re.split(r"(?<=[-/])", word)
    kept: list[str] = []
    for part in parts:
        plain = part.rstrip("-/")
        if (
            kept
            and plain[1:].islower()
            and len(plain) > 2
            and (plain.islower() or plain.lower() in _NO_SUFFIXES)
            and not any(c.isdigit() for c in plain)
        ):
            break
        kept.append(part)
    name = "".join(kept).rstrip("-/")
    cores = re.split(r"[-/.]", name)
    inner = any(any(c.isupper() for c in core[1:]) for core in cores)
    numbered = cores[0][:1].isupper() and len(cores[0]) > 1 and any(c[:1].isdigit() for c in cores[1:])
    mixed = any(core[:1].isupper() and any(c.isdigit() for c in core) and len(core) > 2 for core in cores)
    letters = sum(c.isalpha() for c in name)
    singular = name[:-1] if name.endswith("s") and name[:-1].isupper() else name
    capitals = [core for core in cores if core != core.lower()]
    if letters < 2 or not (inner or numbered or mixed) or {name, singular} & _NO_NAMES or {*capitals} <= _NO_NAMES:
        return None
    return name


def _runs(text: str, places: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Group names that stand in one list: "A, B, and C"."""
    runs: list[list[tuple[int, int]]] = []
    for start, end in places:
        if runs and re.fullmatch(r"\s*(?:,|/|;|and|or|&|,\s*and|,\s*or)\s*", text[runs[-1][-1][1] : start]):
            runs[-1].append((start, end))
        else:
            runs.append([(start, end)])
    return runs


def _beside_datasets(text: str, run: list[tuple[int, int]]) -> bool:
    before, after = text[max(0, run[0][0] - 60) : run[0][0]], text[run[-1][1] : run[-1][1] + 40]
    introduced = (
        rf"{DATASET_WORDS}\s*(?:\(|:|,|—)?\s*(?:such as|like|including|namely|e\.g\.,?|i\.e\.,?|are|called|named)?\s*$"
    )
    followed = rf"^(?:[- ]\w+)?\s+{DATASET_WORDS}\b"
    return bool(re.search(introduced, before, re.I) or re.search(followed, after, re.I))


def _phrases(doc: Doc) -> Iterator[Span]:
    text = doc.text
    for match in _PHRASE.finditer(text):
        start = match.start(2)
        for word in reversed(match[1].split()):
            plain = word.lower()
            if plain in _NO_MODIFIERS or is_name_like(word) or plain.endswith(("ly", "ed", "es", "izes", "ingly")):
                break
            start = text.rindex(word, 0, start)
        if start < match.start(2):
            yield from _span(doc, start, match.end(), Kind.TASK, "phrase")


def kind_of_phrase(phrase: str) -> Kind:
    """Tell the kind of a noun phrase from the word that ends it."""
    head = phrase.lower().split()[-1].strip("()\"'”")
    singular = head[:-1] if head.endswith("s") and not head.endswith("ss") else head
    if head in _DATASET_HEADS or singular in _DATASET_HEADS:
        return Kind.DATASET
    if head in _METRIC_HEADS or singular in _METRIC_HEADS:
        return Kind.METRIC
    if head in _TASK_HEADS or singular in _TASK_HEADS:
        return Kind.TASK
    return Kind.METHOD
