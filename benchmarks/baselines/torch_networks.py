"""Random multilayer perceptrons in batched PyTorch on one thread; imports PyTorch, which is optional."""

from __future__ import annotations

import itertools

import torch

from benchmarks.baselines.networks import Bits, inputs_of, packed
from simplicity.maps import MLP

torch.set_num_threads(1)


@torch.inference_mode()
def units_first(network: MLP, batch: int) -> Bits:
    """Truth tables of ``batch`` networks: biases and products in one call a layer, ReLU or tanh in place."""
    values = torch.from_numpy(inputs_of(network.n_inputs).T.copy()).expand(batch, -1, -1)
    widths = (network.n_inputs, *network.hidden_widths, 1)
    for layer, (fan_in, width) in enumerate(itertools.pairwise(widths), start=2):
        weights = torch.randn(batch, width, fan_in).mul_(network.weight_std / fan_in**0.5)
        biases = torch.randn(batch, width, 1).mul_(network.bias_std)
        values = torch.baddbmm(biases, weights, values)
        if layer < len(widths):
            values = values.relu_() if network.activation == "relu" else values.tanh_()
    return packed(values[:, 0].numpy())
