"""Products of the same values are computed as one, to the same result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import NodeProto, TensorProto, helper, numpy_helper

from retrieval.encoders.packing import pack_products
from storage.records import Matrix


def linear(name: str, source: str, wide: int, random: np.random.Generator) -> tuple[list[NodeProto], list[TensorProto]]:
    """A product and the addition behind it, with their constants."""
    nodes = [
        helper.make_node("MatMul", [source, f"{name}_w"], [f"{name}_p"]),
        helper.make_node("Add", [f"{name}_p", f"{name}_b"], [name]),
    ]
    constants = {f"{name}_w": random.normal(size=(4, wide)), f"{name}_b": random.normal(size=wide)}
    return nodes, [numpy_helper.from_array(v.astype(np.float32), key) for key, v in constants.items()]


def written(path: Path) -> Path:
    """Two products of x, of different widths, one of another input, and a product without an addition."""
    random = np.random.default_rng(0)
    parts = [linear("one", "x", 3, random), linear("two", "x", 5, random), linear("other", "y", 3, random)]
    nodes = [node for made, _ in parts for node in made]
    constants = [constant for _, made in parts for constant in made]
    nodes.append(helper.make_node("MatMul", ["x", "bare_w"], ["bare"]))
    constants.append(numpy_helper.from_array(random.normal(size=(4, 2)).astype(np.float32), "bare_w"))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 4]) for name in "xy"],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, wide])
            for name, wide in {"one": 3, "two": 5, "other": 3, "bare": 2}.items()
        ],
        constants,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=10), path)
    return path


def outputs(path: Path) -> list[Matrix]:
    random = np.random.default_rng(1)
    given = {name: random.normal(size=(6, 4)).astype(np.float32) for name in "xy"}
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return [np.asarray(output) for output in session.run(None, given)]


def test_products_of_the_same_values_become_one_and_the_outputs_stay(tmp_path: Path) -> None:
    path = written(tmp_path / "tiny.onnx")
    before = outputs(path)
    assert pack_products(path) == 1
    assert [node.op_type for node in onnx.load(path).graph.node].count("MatMul") == 3
    for old, new in zip(before, outputs(path), strict=True):
        np.testing.assert_allclose(old, new, atol=1e-6)


def test_a_model_without_such_products_stays_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "tiny.onnx")
    pack_products(path)
    assert pack_products(path) == 0
