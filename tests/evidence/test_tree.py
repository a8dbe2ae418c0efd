"""The tree of RFC 6962, against the vectors of Certificate Transparency and its own definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.evidence import tree

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    hashed = [tree.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert tree.root(hashed).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "found"), PATHS.items())
def test_paths_are_those_of_certificate_transparency(
    place: tuple[int, int], found: list[str]
) -> None:
    index, size = place
    hashed = [tree.leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert [step.hex() for step in tree.path(hashed, index)] == found


def defined(leaves: list[bytes]) -> bytes:
    """The tree in the very words of RFC 6962: cut at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaves[0]
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = defined(leaves[:cut]), defined(leaves[cut:])
    return hashlib.sha256(b"\x01" + left + right).digest()


hashed_leaves = st.lists(st.binary(max_size=4).map(tree.leaf_hash), min_size=1, max_size=70)


@given(hashed_leaves)
def test_any_tree_is_the_one_that_the_norm_defines(leaves: list[bytes]) -> None:
    assert tree.root(leaves) == defined(leaves)


@given(hashed_leaves, st.data())
def test_each_leaf_has_a_path_to_the_root_and_nothing_else_has(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, steps = tree.root(leaves), tree.path(leaves, index)
    size, leaf = len(leaves), leaves[index]
    assert tree.leads_to(root, leaf, index, size, steps)
    assert not tree.leads_to(root, tree.leaf_hash(b"another"), index, size, steps)
    assert not tree.leads_to(root, leaf, index, size, [*steps, root])
    assert not tree.leads_to(root, leaf, size, size, steps)
    for place in range(len(steps)):
        changed = [*steps[:place], bytes(32), *steps[place + 1 :]]
        assert not tree.leads_to(root, leaf, index, size, changed)
        assert not tree.leads_to(root, leaf, index, size, steps[:place] + steps[place + 1 :])


def test_no_path_leads_from_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        tree.path([bytes(32)], 1)
    assert not tree.leads_to(bytes(32), bytes(32), 0, 0, [])
