"""Maps that the sampling tests share; they stand in a file so that recipes can name them."""

import dataclasses

import numpy as np

import simplicity
from simplicity import Kernel, LinearReadout, Noise, ParameterFunctionMap
from simplicity.compilation import kernel


@simplicity.batch_map(n_params=lambda n_inputs: n_inputs + 1, batch_size=64)
def sometimes_nan(noise, inputs, /):
    """Undefined for about one draw in six: NaN or infinite somewhere."""
    logits = noise[:, :-1] @ inputs.T
    logits[noise[:, -1] > 1.5, -1] = np.nan
    logits[noise[:, -1] < -1.5, 0] = np.inf
    return logits


@simplicity.kernel_map(n_params=lambda n_inputs: n_inputs + 1)
def sometimes_nan_kernel(noise, inputs, out, /):
    for x in range(inputs.shape[0]):
        out[x] = 0.0
        for i in range(inputs.shape[1]):
            out[x] += noise[i] * inputs[x, i]
    if noise[-1] > 1.5:
        out[-1] = np.nan
    if noise[-1] < -1.5:
        out[0] = -np.inf


@simplicity.batch_map(n_params=1)
def always_nan(noise, inputs, /):
    return np.full((len(noise), len(inputs)), np.nan)


@kernel
def _nan_features(noise, constants, workspace, out):
    for k in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[k, x] = noise[3 + k] * (x + 1) - k
    if noise[4] > 1:
        out[0, 0] = np.nan
    return 0


@dataclasses.dataclass(frozen=True)
class NanReadouts(ParameterFunctionMap):
    """Two features and readouts; undefined for about one hidden draw in six, with all its readouts."""

    n_inputs: int = 2

    @property
    def noise(self):
        return Noise("normal", 5)

    @property
    def readout(self):
        return LinearReadout(2, 1.0, 1.0)

    def evaluator(self):
        return Kernel(features=_nan_features)
