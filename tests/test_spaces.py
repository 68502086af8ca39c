"""Memory that is kept: one array at a time a name and a thread, at the beginning of a cache line."""

import threading

import numpy as np
import pytest

from simplicity.maps import MLP, Perceptron
from simplicity.sampling import Engine
from simplicity.spaces import Space, Spaces


def test_the_next_array_takes_the_place_of_the_last():
    space = Space()
    first = space.array(np.float32, 7, 100)
    assert first.shape == (7, 100) and first.dtype == np.float32 and first.ctypes.data % 64 == 0
    assert np.shares_memory(first, space.array(np.uint64, 350))
    larger = space.array(np.uint8, 2800 + 65)  # more than there is beyond the end, up to a cache line
    assert not np.shares_memory(first, larger)  # what someone still holds is not taken from him
    assert np.shares_memory(larger, space.array(np.float64, 3))
    assert space.array(np.int64, 0, 4).shape == (0, 4)


def test_names_and_threads_have_spaces_of_their_own():
    spaces, found = Spaces(), []
    here = spaces["a"].array(np.uint8, 64)
    thread = threading.Thread(target=lambda: found.append(spaces["a"].array(np.uint8, 64)))
    thread.start()
    thread.join()
    assert not np.shares_memory(here, found[0])
    assert not np.shares_memory(here, spaces["b"].array(np.uint8, 64))
    assert np.shares_memory(here, spaces["a"].array(np.uint8, 64))


@pytest.mark.parametrize(("pf_map", "readouts"), [(MLP(5, (4, 3)), 1), (MLP(7, (6,)), 5), (Perceptron(7), 1)])
def test_functions_are_kept_unless_their_memory_may_be_used_again(pf_map, readouts):
    engine = Engine(pf_map, 3, readouts)
    kept = [engine.samples(first, first + 50)[0] for first in (0, 50)]
    again = [engine.samples(first, first + 50, reuse=True)[0] for first in (0, 50)]
    assert np.array_equal(kept[1], again[1]) and not np.array_equal(kept[0], kept[1])
    assert np.shares_memory(*again) and not np.shares_memory(*kept)
    assert np.array_equal(kept[0], engine.samples(0, 50, reuse=True)[0])
