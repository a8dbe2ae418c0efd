"""The Merkle tree of RFC 6962, section 2.1: one hash over many leaves, and short proofs of each.

A leaf and a node are hashed with different first bytes, so that neither can pass for the other.
"""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """Hash one leaf: SHA-256 of 00 and the leaf's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Give the root over hashed leaves, in their order; of no leaf, the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the hashes that lead from one leaf to the root, the nearest first.

    :raises IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, found = list(leaves), []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            found.append(level[sibling])
        level, index = _above(level), index // 2
    return found


def leads_to(expected: bytes, leaf: bytes, index: int, size: int, steps: Sequence[bytes]) -> bool:
    """Say whether a path leads from a hashed leaf to this root (RFC 9162, section 2.1.3.2).

    :param index: the leaf's place, from 0.
    :param size: how many leaves the tree has.
    """
    if not 0 <= index < size:
        return False
    node, last = leaf, size - 1
    for step in steps:
        if last == 0:
            return False
        if index % 2 or index == last:
            node = _node(step, node)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = _node(node, step)
        index, last = index // 2, last // 2
    return last == 0 and node == expected


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Pair hashes off; one that is left over goes up as it is.

    This gives the same tree as the RFC's cut at the largest power of two: the left part is full.
    """
    above = [_node(*level[place : place + 2]) for place in range(0, len(level) - 1, 2)]
    return [*above, level[-1]] if len(level) % 2 else above


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
