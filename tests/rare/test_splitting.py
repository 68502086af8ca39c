"""Splitting against laws that are known exactly, and versions of it that are known to be wrong."""

import numpy as np
import pytest
from scipy import special

from simplicity.maps import MLP
from simplicity.random import Noise
from simplicity.rare import Levels, TapeMoves, moves_of, split
from simplicity.rare.moves import BitMoves, NormalMoves, UniformMoves


def log2_mean(runs):
    return np.log2(np.mean([2.0**run.log2_probability for run in runs]))


def spread(runs):
    return np.std([run.log2_probability for run in runs], ddof=1) / np.sqrt(len(runs))


def frozen_runs(energy, noise, count, **settings):
    pilot = split(energy, noise, run=10_000, **settings)
    assert pilot.status == "reached"
    return [split(energy, noise, run=i, levels=pilot.levels, **settings) for i in range(count)]


def test_a_normal_tail():
    """P(z < -8) = 2^-50.5: within 4 standard errors (false alarms below 1e-3, fixed seed)."""
    runs = frozen_runs(lambda z: z[:, 0] + 8, Noise("normal", 3, "float64"), 24, particles=200)
    expected = special.log_ndtr(-8.0) / np.log(2)
    assert abs(log2_mean(runs) - expected) < 4 * spread(runs) < 1.0


def test_a_corner_of_a_cube():
    """Volume of a corner simplex of the cube [-sqrt 3, sqrt 3]^4: (side / 24^(1/4))^4 = side^4 / 24."""
    side = 0.01  # in units of the cube's side
    edge = 2 * np.sqrt(3)

    def energy(u):
        return (u[:, :4] + np.sqrt(3)).sum(axis=1) / edge - side

    runs = frozen_runs(energy, Noise("uniform", 4, "float64"), 16, particles=200)
    expected = 4 * np.log2(side) - np.log2(24)
    assert abs(log2_mean(runs) - expected) < 4 * spread(runs) < 1.0


def test_bits_with_plateaus():
    """64 bits with at most 5 ones: ties all over, and the binomial law."""
    from scipy import stats

    def energy(words):
        return np.bitwise_count(words[:, 0]).astype(float)

    runs = frozen_runs(energy, Noise("bits", 1), 16, particles=200, target=5.0)
    expected = stats.binom.logcdf(5, 64, 0.5) / np.log(2)
    assert abs(log2_mean(runs) - expected) < 4 * spread(runs) < 1.0


def test_the_curve_of_survival_is_right_at_every_level():
    """Each level's cumulative estimate against the normal law; 4.5 standard errors over 20 levels or so."""
    energy, noise = (lambda z: -z[:, 0]), Noise("normal", 1, "float64")
    runs = frozen_runs(energy, noise, 24, particles=200, target=-5.0)
    curves = np.array([run.log2_survival for run in runs])
    expected = special.log_ndtr(runs[0].thresholds) / np.log(2)
    error = curves.std(axis=0, ddof=1) / np.sqrt(len(runs))
    mean = np.log2((2.0**curves).mean(axis=0))
    assert (np.abs(mean - expected) < 4.5 * error).all()
    assert curves.shape[1] > 15


@pytest.mark.parametrize(
    "moves",
    [
        NormalMoves(Noise("normal", 5, "float64")),
        UniformMoves(Noise("uniform", 5, "float64")),
        BitMoves(Noise("bits", 5)),
    ],
    ids=lambda moves: type(moves).__name__,
)
@pytest.mark.parametrize("step", [0.1, 0.9])
def test_moves_keep_the_law_and_are_reversible(moves, step):
    """E[a(x) b(x')] = E[b(x) a(x')] and E[a(x)] = E[a(x')]: 20,000 pairs, 4.5 standard errors."""
    draws = np.arange(20_000, dtype=np.uint64)
    before = moves.start(3, draws)
    after = moves.propose(before.copy(), step, 3, draws + np.uint64(20_000))

    def features(rows):
        if rows.dtype == np.uint64:
            rows = np.bitwise_count(rows & np.uint64(0xFFFF)) / 2.0 - 4
        return [rows[:, 0], rows[:, 0] ** 2, np.maximum(rows[:, 1], 0.3), rows[:, 0] * rows[:, 1] ** 3]

    x, y = features(before), features(after)
    changes = [b - a for a, b in zip(x, y, strict=True)]
    changes += [x[i] * y[j] - x[j] * y[i] for i in range(4) for j in range(i)]
    for change in changes:
        assert abs(change.mean()) < 4.5 * change.std() / np.sqrt(len(change))
    assert np.abs(changes[0]).mean() > 0.01  # and they move


def test_survivors_that_are_not_strict_are_biased():
    """Negative control: to keep the particle on the level, too, adds log2(1 + 1/(p0 N)) a level."""
    particles, levels, excess = 40, 30, []
    generator = np.random.default_rng(0)
    for _ in range(400):
        strict = loose = 0.0
        threshold = 1.0
        for _ in range(levels):  # independent particles below the last level: an ideal splitting
            energies = np.sort(threshold * generator.random(particles))
            threshold = energies[particles // 2]
            strict += np.log2((energies < threshold).mean())
            loose += np.log2((energies <= threshold).mean())
        excess.append((2.0 ** (strict - np.log2(threshold)), 2.0 ** (loose - np.log2(threshold))))
    ratio = np.log2(np.median(np.array(excess), axis=0))
    assert abs(ratio[0]) < 1.0 < ratio[1]


def test_runs_are_reproducible_and_differ():
    energy, noise = (lambda z: z[:, 0] + 3), Noise("normal", 1)
    a, b, c = (split(energy, noise, particles=50, run=run).log2_probability for run in (0, 0, 1))
    assert a == b != c


def test_what_cannot_be_reached_gets_a_status_and_no_number():
    noise = Noise("normal", 2)
    slow = split(lambda z: z[:, 0] + 30, noise, particles=20, max_evaluations=500)
    assert slow.status == "over budget" and np.isnan(slow.log2_probability) and slow.evaluations <= 500
    assert split(lambda z: z[:, 0] + 30, noise, particles=20, budget_seconds=0.0).status == "over budget"
    impossible = split(lambda z: z[:, 0] ** 2 + 1, noise, particles=20, sweeps=1, lowest_log2=-50)
    assert impossible.status == "not reached" and np.isnan(impossible.log2_probability)
    nowhere = split(lambda z: np.full(len(z), np.nan), noise, particles=20, sweeps=1, lowest_log2=-5)
    assert nowhere.status == "not reached"
    levels = Levels(np.array([-50.0]), np.array([0.0]), np.array([[0.5]]))
    dead = split(lambda z: z[:, 0], noise, particles=20, target=-60, levels=levels)
    assert dead.status == "extinct" and dead.log2_probability == -np.inf and dead.ancestors == 0


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"particles": 1}, "particles"),
        ({"survivors": 1.0}, "survivors"),
        ({"sweeps": 0}, "sweeps"),
        ({"seed": -1}, "seed"),
        ({"levels": 5}, "levels must be those of an earlier run"),
        ({"levels": Levels(np.zeros(1), np.zeros(1), np.ones((1, 3)))}, "levels must have steps of shape"),
    ],
)
def test_bad_settings_are_named(settings, named):
    with pytest.raises(ValueError, match=named):
        split(lambda z: z[:, 0], Noise("normal", 1), **settings)


def test_bad_energies_and_endless_tapes_are_named():
    with pytest.raises(ValueError, match="energy must return shape"):
        split(lambda z: z, Noise("normal", 2))
    for wrong in (None, 5, MLP(3, (2,))):
        with pytest.raises(ValueError, match="noise must be a Noise, such as"):
            split(lambda z: z[:, 0], wrong)
        with pytest.raises(ValueError, match="noise must be a Noise, such as"):
            moves_of(wrong)
    with pytest.raises(ValueError, match="pf_map must be a map"):
        TapeMoves(5)
    with pytest.raises(ValueError, match="endless tape"):
        split(lambda z: z[:, 0], Noise("bits", None))
