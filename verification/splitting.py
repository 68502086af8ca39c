"""Splitting against tallies by orbit, against exact laws, and against itself with other energies and moves.

Functions are chosen with one tally and compared with another, so that no selection favours either side.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

import simplicity
from simplicity.functions import as_function, from_strings, to_integers
from simplicity.maps import MLP, Perceptron, PolynomialThreshold
from simplicity.maps.base import ParameterFunctionMap
from simplicity.rare import Budget, Estimate, NetworkWalk, logit_energy, probability, repeated
from simplicity.theory import exact

N_SAMPLES = 1_000_000
FUNCTIONS_A_MAP = 10
TALLIED = (
    MLP(7, (20,), bias_std=0.2),
    PolynomialThreshold(7, degree=2),
    Perceptron(7),
)
MLP7 = MLP(7, (40, 40), weight_std=math.sqrt(2), bias_std=0.2)


class Claim(NamedTuple):
    """What was claimed, what was measured, and whether they agree."""

    claim: str
    measured: str
    holds: bool


def calibration(z: pd.Series[float], is_covered: pd.Series[bool]) -> list[Claim]:
    """Whether errors are as large as they are said to be, by deviations from tallies in joint errors."""
    rms, covered = math.sqrt((z**2).mean()), int(is_covered.sum())
    return [
        Claim("rms z between 0.7 and 1.3", f"{rms:.2f}", 0.7 < rms < 1.3),
        Claim(
            "95 % intervals cover 90 to 100 % of the tallies' values",
            f"{covered} of {len(z)}",
            covered >= 0.9 * len(z),
        ),
    ]


@simplicity.batch_map(n_params=lambda n_inputs: 2**n_inputs + 1)
def equicorrelated(noise, inputs, /):
    """Outputs with correlation 1/2 each: k negative signs have probability 1 / ((d + 1) C(d, k)), d = 2^n."""
    return noise[:, :-1] + noise[:, -1:]


def row(
    kind: str, pf_map: ParameterFunctionMap, function: Any, found: Estimate, log2_true: float, error: float
) -> dict[str, Any]:
    """One comparison."""
    integer = to_integers(np.atleast_2d(function), pf_map.n_inputs)[0]
    joint = math.hypot(found.standard_error, error)
    return {
        "kind": kind,
        "map": pf_map.label,
        "function": f"0x{integer:0{2**pf_map.n_inputs // 4}x}",
        "log2_reference": log2_true,
        "reference_error": error,
        "log2_splitting": found.log2_prior,
        "splitting_error": found.standard_error,
        "low": found.interval.low,
        "high": found.interval.high,
        "z": (found.log2_prior - log2_true) / joint if joint else np.nan,
        "status": found.status,
        "runs": found.runs,
        "evaluations": found.evaluations,
        "seconds": found.seconds,
    }  # fmt: skip


def against_tallies(seconds: float) -> Iterator[dict[str, Any]]:
    """Functions from 2^-4 to 2^-28 of three maps."""
    for pf_map in TALLIED:
        start = time.perf_counter()
        choosing = simplicity.sample(pf_map, N_SAMPLES, seed=1).by_orbit()
        tally = simplicity.sample(pf_map, N_SAMPLES, seed=2).by_orbit()
        symmetries = dataclasses.asdict(tally.symmetries)
        place = {tuple(function): i for i, function in enumerate(tally.functions.tolist())}
        bits = np.log2(choosing.prior)
        resolved = np.flatnonzero(choosing.counts >= 100)
        wanted = np.linspace(
            max(bits[resolved].min(), -28.0), min(bits[resolved].max(), -4.0), FUNCTIONS_A_MAP
        )
        chosen = dict.fromkeys(int(resolved[np.argmin(np.abs(bits[resolved] - w))]) for w in wanted)
        for i in chosen:
            function = choosing.functions[i]
            j = place[tuple(function.tolist())]
            assert symmetries  # both tallies name a class by the same representative
            reference, error = float(np.log2(tally.prior[j])), 1 / math.sqrt(tally.counts[j]) / math.log(2)
            found = probability(pf_map, function, "splitting", seed=i, target_error=0.25, budget_seconds=120)
            yield (row("tally by orbit", pf_map, function, found, reference, error))
            if time.perf_counter() - start > seconds / len(TALLIED):
                break


def against_exact_laws(seconds: float) -> Iterator[dict[str, Any]]:
    """Equicorrelated orthants in 64 and 128 dimensions, and thin cones of perceptrons of two inputs."""
    start = time.perf_counter()
    for n_inputs, negatives in ((6, 1), (6, 4), (6, 10), (6, 20), (6, 32), (7, 20), (7, 34), (7, 44)):
        pf_map, d = equicorrelated(n_inputs=n_inputs), 2**n_inputs
        function = from_strings(["0" * negatives + "1" * (d - negatives)])[0]
        log_true = -np.log(d + 1) - (
            special.gammaln(d + 1) - special.gammaln(negatives + 1) - special.gammaln(d - negatives + 1)
        )
        if time.perf_counter() - start < seconds:
            found = probability(pf_map, function, "splitting", seed=1, target_error=0.4, budget_seconds=90)
            yield (row("equicorrelated", pf_map, function, found, float(log_true / np.log(2)), 0.0))
    for weight_std in (1e-1, 3e-2, 1e-2, 3e-3):  # the law tells no smaller angles from rounding
        pf_map = Perceptron(2, weight_std=weight_std)
        law = exact.gaussian_perceptron(pf_map)
        rarest = int(np.argmin(law.prior))
        found = probability(pf_map, law.functions[rarest], "splitting", seed=1, target_error=0.2)
        yield (
            row("solid angle", pf_map, law.functions[rarest], found, float(np.log2(law.prior[rarest])), 0.0)
        )


def energies_and_moves(seconds: float) -> Iterator[dict[str, Any]]:
    """Moves of units and of all parameters, offsets, sweeps, modes; (7, 40, 40, 1) from 2^-50 to 2^-190."""
    start = time.perf_counter()
    random = "".join(map(str, np.random.default_rng(123).integers(0, 2, 2**7)))
    ways: dict[str, tuple[bool, float, dict[str, Any]]] = {
        "units": (True, 1 / 4, {}),
        "units, offset 1/16": (True, 1 / 16, {}),
        "units, offset 1": (True, 1.0, {}),
        "units, adaptive levels": (True, 1 / 4, {"frozen": False}),
        "units, 6 sweeps": (True, 1 / 4, {"sweeps": 6}),
        "all parameters": (False, 1 / 4, {"sweeps": 8}),
        "all parameters, offset 1/16": (False, 1 / 16, {"sweeps": 8}),
    }
    for text, error, limit in (("x1 ^ x2", 0.5, 60.0), ("x1 ^ x2 ^ x3", 0.7, 60.0), (random, 1.5, 150.0)):
        function = as_function(text, 7)
        for name, (by_units, offset, others) in ways.items():
            if text == random and (not by_units or others):
                continue  # too deep for moves of all parameters, too long for all ways

            def make(function: Any = function, by_units: bool = by_units, offset: float = offset) -> Any:
                return (NetworkWalk if by_units else logit_energy)(MLP7, function, offset)

            if time.perf_counter() - start > seconds:
                break
            moves = None if by_units else MLP7.noise
            options = {"sweeps": 2, **others}
            found = repeated(make, moves, seed=3, budget=Budget(error, seconds=limit), **options)
            yield row(name, MLP7, function, found, np.nan, np.nan)


def verify(folder: Path, seconds: float) -> list[Claim]:
    """All comparisons; writes splitting.csv."""
    start = time.perf_counter()
    rows = [*against_tallies(0.5 * seconds), *against_exact_laws(0.25 * seconds)]
    rows += energies_and_moves(seconds - (time.perf_counter() - start))
    table = pd.DataFrame(rows)
    table.to_csv(folder / "splitting.csv", index=False, float_format="%.6g")
    return claims(table)


def claims(table: pd.DataFrame) -> list[Claim]:
    """What the comparisons come to."""
    tallied = table[(table.kind == "tally by orbit") & table.log2_reference.between(-28.5, -4)]
    difference = tallied.log2_splitting - tallied.log2_reference
    bias, error = difference.mean(), difference.std() / math.sqrt(len(tallied))
    # the tally's own error widens the interval that should cover its value
    half = np.hypot((tallied.high - tallied.low) / 2, 1.96 * tallied.reference_error)
    deep = int(tallied.log2_reference.between(-28.5, -8).sum())
    exact_rows = table[table.kind.isin(["equicorrelated", "solid angle"])]
    missing = int(tallied.log2_splitting.isna().sum())
    lowest, least, most = exact_rows.log2_reference.min(), exact_rows.z.min(), exact_rows.z.max()
    found = [
        Claim(
            "at least 20 functions between 2^-8 and 2^-28, all with a number",
            f"{deep}; {missing} without",
            deep >= 20 and missing == 0,
        ),
        Claim(
            "mean difference from tallies within 0.1 bit", f"{bias:+.3f} ± {error:.3f} bits", abs(bias) < 0.1
        ),
        *calibration(tallied.z, difference.abs() <= half),
        Claim(
            "exact laws down to 2^-120 within 3 standard errors",
            f"z from {least:+.1f} to {most:+.1f}, down to 2^{lowest:.0f}",
            bool((exact_rows.z.abs() < 3).all() and lowest < -120),
        ),
    ]
    ways = table[table.log2_reference.isna()]
    for function, tried in ways.groupby("function", sort=False):
        group = tried[tried.log2_splitting.notna()]
        weights = 1 / group.splitting_error**2
        mean = (weights * group.log2_splitting).sum() / weights.sum()
        chi = float(((group.log2_splitting - mean) ** 2 * weights).sum())
        p = float(special.gammaincc((len(group) - 1) / 2, chi / 2))
        found.append(
            Claim(
                f"{len(tried)} kinds of moves, energies, modes and sweeps agree on {function}",
                f"{len(group)} numbers, weighted mean {mean:.2f} bits, chi² {chi:.1f}, p = {p:.2f}",
                len(group) > 1 and p > 0.001,
            )
        )
    return found
