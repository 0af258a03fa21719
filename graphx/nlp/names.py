"""Words that are spelled like names: GSPMD, LoRA, CIFAR-10."""

import re

# Capitals that name nothing a paper could be filed under.
_NO_NAMES = {
    "AI", "ML", "NLP", "CV", "HPC", "CPU", "CPUs", "GPU", "GPUs", "TPU", "TPUs", "RAM", "SSD", "SSDs", "OS", "IO",
    "I/O", "API", "APIs", "URL", "HTML", "PDF", "XML", "JSON", "NP", "NP-hard", "SOTA", "SoTA", "IID", "OK", "US",
    "USA", "UK", "EU", "II", "III", "IV", "VI", "VII", "PhD", "TODO", "QA", "UI", "GUI", "IDE", "IT", "IDs", "ID",
    "GitHub", "arXiv", "HuggingFace", "OpenReview", "CVPR", "ICML", "ICLR", "NeurIPS", "ACL", "MICCAI", "LaTeX",
    "GB", "MB", "KB", "TB", "GHz", "MHz", "ICT", "CEO", "OOD", "OOM", "LHS", "RHS", "iff", "MSc", "TV", "PC", "OpenAI",
}  # fmt: skip

_NO_SUFFIXES = set("based driven powered generated guided enhanced assisted aware free like style augmented".split())


def is_name_like(word: str) -> bool:
    """Tell whether a word, or what a word such as "LLM-based" begins with, is spelled like a name.

    Names have inner capitals, or letters with digits.
    """
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
    none = {name, singular} & _NO_NAMES or {*capitals} <= _NO_NAMES
    return letters >= 2 and (inner or numbered or mixed) and not none
