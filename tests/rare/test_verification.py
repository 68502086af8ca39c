"""What the verification of orthants claims of made-up and of real comparisons, and what must fail."""

import numpy as np
import pandas as pd
import pytest

from verification import nngp


def made_up():
    """Normal errors of the sizes said: every claim holds, by a fixed seed."""
    generator = np.random.Generator(np.random.Philox(3))
    count = 60
    kind = ["equicorrelated"] * count + ["tally by orbit"] * count
    reference = np.append(np.linspace(-2, -125, count), np.linspace(-2, -20, count))
    errors = np.append(np.full(count, 0.03), np.full(count, 0.002))
    reference_errors = np.append(np.zeros(count), np.full(count, 0.03))
    tilting = reference + np.hypot(errors, reference_errors) * generator.normal(size=2 * count)
    return pd.DataFrame(
        {
            "kind": kind,
            "log2_reference": reference,
            "reference_error": reference_errors,
            "log2_tilting": tilting,
            "tilting_error": errors,
            "status": "converged",
            "seconds": 0.5,
            "log2_screen": tilting - 0.5,
        }
    )


def failures(table):
    return [claim.claim for claim in nngp.claims(table) if not claim.holds]


def test_claims_hold_where_errors_are_as_said():
    assert failures(made_up()) == []


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        (lambda t: t.assign(log2_tilting=t.log2_tilting + 0.1), "mean difference"),
        (lambda t: t.assign(log2_tilting=t.log2_tilting + 0.1), "their rms z"),
        (lambda t: t.assign(tilting_error=t.tilting_error / 3), "within 3 standard errors"),
        (lambda t: t.assign(reference_error=t.reference_error / 3), "intervals cover"),
        (lambda t: t.assign(reference_error=t.reference_error * 3), "rms z between 0.7"),
        (lambda t: t.assign(tilting_error=0.2), "below 0.1 bits"),
        (lambda t: t.assign(log2_screen=t.log2_screen - 1), "the screen"),
        (lambda t: t.assign(log2_screen=np.nan), "the screen"),
        (lambda t: t.assign(seconds=4.0), "of a processor"),
        (lambda t: t[t.log2_reference > -100], "down to 2^-120"),
        (lambda t: t.assign(status="imprecise"), "every orthant converged"),
        (lambda t: t[:70], "at least 20 functions"),
    ],
)
def test_claims_fail_where_something_is_off(change, failing):
    assert any(failing in claim for claim in failures(change(made_up())))


def test_real_orthants_are_compared_with_their_law():
    """|z| above 4 has probability 6e-5 for each of nine; shifted by a bit, all are above."""
    table = pd.DataFrame(nngp.equicorrelated((16,)))
    assert table.log2_reference.tolist()[:2] == pytest.approx([-np.log2(17), -np.log2(17 * 16)])
    assert (np.abs(nngp.deviations(table)) < 4).all()
    shifted = table.assign(log2_tilting=table.log2_tilting + 1)
    assert (np.abs(nngp.deviations(shifted)) > 4).all()
