"""A trained network to the files that the package ships: ONNX, with weights of 8 bits."""

import json
import logging
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer

from graphx.tables import ROLE_ORDER, Kind
from training.network import Network

INPUTS = ("pieces", "parts", "shapes", "mask")  # the mask is all ones in use; without it attention is not fused


def write_model(network: Network, tokenizer: Tokenizer, folder: Path, threshold: float, eight_bits: bool) -> None:
    """Write a folder that `graphx.nlp.encoder.Encoder` loads: the network, its tokenizer, and what its output means."""
    folder.mkdir(parents=True, exist_ok=True)
    export(network, folder / "model.onnx", eight_bits)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    kinds = list(map(str, Kind))
    settings = {"kinds": kinds, "roles": list(ROLE_ORDER), "thresholds": dict.fromkeys(kinds, threshold)}
    (folder / "encoder.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def export(network: Network, target: Path, eight_bits: bool) -> None:
    """Write a network as ONNX with fused attention.

    Args:
        network: is moved to the CPU.
        target: the file to write.
        eight_bits: round weights to 8 bits each; activations are rounded on the fly.
    """
    network = network.cpu().eval()
    network.bert.set_attn_implementation("eager")  # the form that the fusion below knows
    example = tuple(torch.ones(1, 40, dtype=torch.long) for _ in INPUTS)
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the exporter's age and about traced shapes, which are dynamic below
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            network,
            example,
            str(plain),
            input_names=list(INPUTS),
            output_names=["logits"],
            dynamic_axes={name: {1: "length"} for name in (*INPUTS, "logits")},
            opset_version=17,
            dynamo=False,
        )
        heads, width = network.bert.config.num_attention_heads, network.bert.config.hidden_size
        model = optimize_model(
            str(plain),
            "bert",
            num_heads=heads,
            hidden_size=width,
            opt_level=0,
            optimization_options=FusionOptions("bert"),
        )
        model.save_model_to_file(str(fused if eight_bits else target))
        if eight_bits:
            quantize_dynamic(
                fused,
                target,
                op_types_to_quantize=["MatMul", "Attention", "Gather"],
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,  # 7 bits: older processors add 8-bit products in 16 bits, which would overflow
                extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
            )
