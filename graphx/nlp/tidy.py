"""What is cut off a found span, and which spans name nothing at all."""

import re

from spacy.tokens import Doc, Span

# Words that no name begins or ends with, in small letters.
_EDGES = set(
    """
    a an the this that these those our their its his her each every any some all both such other another same and or
    but nor if then than as at by for from in into of on onto over per through to under up via with within without
    between among across during after before against toward towards about around while is are was were be been being
    has have had do does did can could may might will would we it they i you he she who which what when where why how
    not no only also very more most less new novel based using used use uses called named including like
    several various different many multiple existing previous recent state-of-the-art proposed our
    """.split()
)
# A single one of these, in small letters, is no name of anything.
_EMPTY = set(
    """
    accelerated accelerator accelerators action actions adaptive ai algorithm algorithms analysis application
    applications approach approaches architecture architectures audio automatic average baseline baselines benchmark
    benchmarks bias biases block blocks bound bounds case cases center centers centre centric challenge challenges
    change changes client clients cluster clusters code communication component components computation computational
    compute computing concept concepts construction context contexts contribution corpus data database dataset
    datasets deep degree design detecting device devices dimension dimensions distance distances distributed
    document documents domain domains dynamic edge edges education efficient empirical end-to-end engineering
    evaluation example examples experiment experiments expert fast feature features field fine framework frameworks
    full-stack function functions gap global goal goals gradient gradients graph graphs group groups growth hardware
    hierarchical high-quality human humans hyper-parameter hyper-parameters hyperparameter hyperparameters idea
    image images improvement improvements index information input inputs insight insights instance instances issue
    issues item items job jobs kernel kernels label labels language languages large large-scale layer layers
    learning level library local long loss losses low low-cost mathematics matrices matrix mechanism mechanisms
    medicine memory-efficient method methodology methods metric metrics mobile model modelling models module modules
    name names network networks neural node nodes noise number numbers object objects offline online open-source
    optimal optimizer order output outputs paper papers parallel parameter parameters performance pipeline platform
    point points practical predictive principle principles problem problems procedure process processes program
    programs project prompt prompts property protocol protocols quality query question questions rank rate rates
    rating ratings real-time real-world representation representations request requests research resource resources
    result results reward rewards robust role roles rule rules sample samples scalable scenario scheme science score
    scores sentence sentences sequential server servers set sets setting settings size skill skills small software
    solution solutions solving source space speech state state-space static statistical step strategies strategy
    structure structures study subspace subspaces suite survey surveys system systems take task tasks team teams
    technique techniques tensor tensors term test tests text theoretical theory thing time times token tokens tool
    tools total training tree trees type types unit units user users value values vector vectors version video
    videos vision way weight weights window windows wise word words work workload workloads world
    """.split()
)
_COMMAND = re.compile(r"\\[a-z]+")
_LETTERS = re.compile(r"[^\W\d_]")


def tidy(span: Span) -> Span | None:
    """Cut function words and punctuation off a span's ends; None if nothing is left that names anything.

    Addresses, single letters and numbers name nothing, and neither do words such as "approach".
    """
    doc: Doc = span.doc
    start, end = span.start, span.end
    if "(" in span.text and ")" not in span.text:  # "mixture of experts (MoE"
        end = next(i for i in range(start, end) if "(" in doc[i].text)
    while start < end and _is_edge(doc[start].text) and not _is_hyphenated(doc, start):
        start += 1
    while start < end and (_is_edge(doc[end - 1].text) or _is_argument(doc, end)):
        end -= 1
    if start == end or any(token.like_url or ("/" in token.text and "." in token.text) for token in doc[start:end]):
        return None
    text = doc[start:end].text
    if len(_LETTERS.findall(text)) < 2 or text.lower() in _EMPTY:
        return None
    return Span(doc, start, end, label=span.label, span_id=span.id_)


def _is_edge(word: str) -> bool:
    return word in _EDGES or _COMMAND.fullmatch(word) is not None or not any(c.isalnum() for c in word)


def _is_hyphenated(doc: Doc, i: int) -> bool:
    """Tell whether a word is the beginning of a compound: "in" of "in-context learning"."""
    return i + 1 < len(doc) and not doc[i].whitespace_ and doc[i + 1].text == "-" and doc[i].text.isalpha()


def _is_argument(doc: Doc, end: int) -> bool:
    """Tell whether a stretch ends in a single letter after "of": the "ratio of O(1)"."""
    return end > 1 and len(doc[end - 1]) == 1 and doc[end - 2].text == "of"
