"""The component that asks the encoder what a text names."""

from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans

from graphx.nlp.decoding import decode
from graphx.nlp.encoder import MODEL, Encoder, Reading
from graphx.nlp.terms import SPANS
from graphx.nlp.tidy import tidy


@Language.factory("graphx_encoder", default_config={"model": str(MODEL)})
class EncoderFinder:
    """Puts what the encoder finds into `doc.spans`: label its kind, id "encoder", with its score.

    `doc._.reading` keeps what the encoder says of every word, of roles above all.
    """

    def __init__(self, nlp: Language, name: str, model: str) -> None:
        self.encoder = Encoder(Path(model))
        if not Doc.has_extension("reading"):
            Doc.set_extension("reading", default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Read one text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 0) -> Iterator[Doc]:
        """Read texts, several at once."""
        docs, again = tee(stream)
        for reading, doc in zip(self.encoder.read(doc.text for doc in again), docs, strict=True):
            yield self._add(doc, reading)

    def _add(self, doc: Doc, reading: Reading) -> Doc:
        spans = []
        for found in decode(reading.kinds, self.encoder.thresholds):
            start, end = int(reading.words.start[found.first]), int(reading.words.end[found.last - 1])
            whole = doc.char_span(
                start, end, label=self.encoder.kinds[found.kind], span_id="encoder", alignment_mode="expand"
            )
            span = tidy(whole) if whole is not None else None
            if span is not None:
                span._.score = found.score
                spans.append(span)
        doc._.reading = reading
        doc.spans[SPANS] = [*doc.spans.get(SPANS, ()), *filter_spans(spans)]
        return doc
