"""The spaCy pipeline that reads a paper's text."""

from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Span
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from graphx.nlp import agreement, finder, roles, sentences, terms  # noqa: F401  (each registers its component)
from graphx.nlp.encoder import MODEL

for name, default in (("score", 0.0), ("role", "mentions")):
    if not Span.has_extension(name):
        Span.set_extension(name, default=default)


def load(own_terms: Sequence[terms.Term] = (), model: Path = MODEL) -> Language:
    """Return the pipeline: after it, `doc.spans["mentions"]` holds what the text names.

    A span's label is its kind and its id what found it; `span._.role` says how the paper
    relates to it and `span._.score` (0 to 1) how sure the finder is. Spans never overlap
    and come in order of place.

    Args:
        own_terms: terms that a user adds, each with its kind; they have the last word.
        model: folder of the encoder's files.

    Raises:
        InputError: the model's files are damaged.
    """
    nlp = spacy.blank("en")
    nlp.tokenizer = _tokenizer(nlp)
    nlp.add_pipe("graphx_sentences")
    nlp.add_pipe("graphx_encoder", config={"model": str(model)})
    nlp.add_pipe("graphx_terms", config={"own": list(own_terms)})
    nlp.add_pipe("graphx_agreement")
    nlp.add_pipe("graphx_roles")
    return nlp


def _tokenizer(nlp: Language) -> Tokenizer:
    """Return the usual tokenizer, which takes the full stop after "MoS." and "models(LLMs" apart, too."""
    defaults = nlp.Defaults
    return Tokenizer(
        nlp.vocab,
        rules=defaults.tokenizer_exceptions,
        prefix_search=compile_prefix_regex(defaults.prefixes or ()).search,
        suffix_search=compile_suffix_regex([*(defaults.suffixes or ()), r"(?<=[a-z\d][A-Z])\."]).search,
        infix_finditer=compile_infix_regex([*(defaults.infixes or ()), r"[()~]"]).finditer,
        url_match=defaults.url_match,
    )
