"""Philox4x32-10 of many counters (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011)."""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined, kernel

U32, U64 = np.uint32, np.uint64
_MULTIPLIER_0, _MULTIPLIER_1 = U64(0xD2511F53), U64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = U64(0x9E3779B9), U64(0xBB67AE85)
_LOW, _32 = U64(0xFFFFFFFF), U64(32)


@inlined
def _round(c, k0, k1):
    c0, c1, c2, c3 = c
    p0 = _MULTIPLIER_0 * c0
    p1 = _MULTIPLIER_1 * c2
    return (p1 >> _32) ^ c1 ^ (k0 & _LOW), p1 & _LOW, (p0 >> _32) ^ c3 ^ (k1 & _LOW), p0 & _LOW


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Ten rounds on 32-bit values held in uint64, numbers or vectors: four words. Pure integer arithmetic."""
    c = _round((c0, c1, c2, c3), k0, k1)  # in a loop, vectors would go through memory
    c = _round(c, k0 + U64(1) * _WEYL_0, k1 + U64(1) * _WEYL_1)
    c = _round(c, k0 + U64(2) * _WEYL_0, k1 + U64(2) * _WEYL_1)
    c = _round(c, k0 + U64(3) * _WEYL_0, k1 + U64(3) * _WEYL_1)
    c = _round(c, k0 + U64(4) * _WEYL_0, k1 + U64(4) * _WEYL_1)
    c = _round(c, k0 + U64(5) * _WEYL_0, k1 + U64(5) * _WEYL_1)
    c = _round(c, k0 + U64(6) * _WEYL_0, k1 + U64(6) * _WEYL_1)
    c = _round(c, k0 + U64(7) * _WEYL_0, k1 + U64(7) * _WEYL_1)
    c = _round(c, k0 + U64(8) * _WEYL_0, k1 + U64(8) * _WEYL_1)
    return _round(c, k0 + U64(9) * _WEYL_0, k1 + U64(9) * _WEYL_1)


@kernel
def counters_of(first, row_blocks, draws, streams, counters):
    """Counters of blocks first, first + 1, … in the order (row, block of the row).

    Lanes past the end of the last row hold what they held, and are dropped.
    """
    block_of_row, streams_of, low, high = counters[0], counters[1], counters[2], counters[3]
    row = first // row_blocks
    block = first - row * row_blocks
    lane = 0
    while lane < block_of_row.shape[0] and row < draws.shape[0]:
        stop = min(lane + row_blocks - block, block_of_row.shape[0])
        stream, draw_low, draw_high = streams[row], U32(draws[row] & _LOW), U32(draws[row] >> _32)
        for i in range(U64(lane), U64(stop)):  # an unsigned index cannot count from the end
            block_of_row[i] = U32(i) + U32(block - lane)
            streams_of[i] = stream
            low[i] = draw_low
            high[i] = draw_high
        lane = stop
        block = 0
        row += 1


@kernel
def philox_blocks(counters, seed, words):
    """Words of a plane of counters each, under one key."""
    k0 = seed & _LOW
    k1 = seed >> _32
    for lane in range(counters.shape[1]):
        a, b, c, d = philox(
            U64(counters[0, lane]),
            U64(counters[1, lane]),
            U64(counters[2, lane]),
            U64(counters[3, lane]),
            k0,
            k1,
        )
        words[0, lane] = U32(a)
        words[1, lane] = U32(b)
        words[2, lane] = U32(c)
        words[3, lane] = U32(d)
