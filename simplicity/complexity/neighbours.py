"""Word-parallel comparison of a function with itself, one input flipped: what sensitivities are made of.

The position of an input flipped lies 2^bit away. Within a word that is a shift either way; from bit 6 of the
position on, it is another word.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined

#: Positions of a word where a bit of the position is 0, for each of its six bits.
LOW_POSITIONS = np.array(
    [
        0x5555555555555555,
        0x3333333333333333,
        0x0F0F0F0F0F0F0F0F,
        0x00FF00FF00FF00FF,
        0x0000FFFF0000FFFF,
        0x00000000FFFFFFFF,
    ],
    dtype=np.uint64,
)


@inlined
def changes_of_word(string, word, bit):
    """The positions of a word where flipping one input (a bit of the position) changes the output."""
    here = string[word]
    if bit < 6:
        shift = np.uint64(1 << bit)
        low = LOW_POSITIONS[bit]
        return here ^ (((here >> shift) & low) | ((here & low) << shift))
    return here ^ string[word ^ (1 << (bit - 6))]
