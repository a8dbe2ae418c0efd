"""That a root holds a chain: the path from the chain's head to it, which anybody can follow."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from webapp.database import AnySession
from webapp.evidence import tree
from webapp.evidence.witness import Head, heads_under, leaf
from webapp.evidence.witness_models import DailyRoot, RootLeaf, RootStamp


@dataclass(frozen=True)
class Inclusion:
    """The path from one leaf to one root, and the stamp (RFC 3161 token, DER) if any."""

    root: DailyRoot
    head: Head
    index: int
    path: list[bytes]
    token: bytes | None

    def as_json(self, stamp: str | None) -> dict[str, Any]:
        """Give it as JSON values, hashes in hexadecimal.

        :param stamp: where the stamp stands beside it, if it has one.
        """
        return {
            "day": self.root.day.isoformat(),
            "tree_size": self.root.tree_size,
            "root": self.root.root,
            "leaf": self.head._asdict(),
            "leaf_index": self.index,
            "path": [step.hex() for step in self.path],
            "stamp": stamp,
        }


def inclusions(session: AnySession, chain: str) -> list[Inclusion]:
    """Prove a chain's newest head that any root holds: by the first root with it, and the last.

    The first says since when the whole chain up to there is fixed, the last that it still is. What
    was written since the last root is in none. Empty: no root holds the chain yet.
    """
    first = session.scalar(select(func.max(RootLeaf.number)).where(RootLeaf.chain == chain))
    if first is None:
        return []
    last = session.scalar(select(func.max(DailyRoot.number))) or first
    return [_inclusion(session, chain, number) for number in sorted({first, last})]


def _inclusion(session: AnySession, chain: str, number: int) -> Inclusion:
    heads = heads_under(session, number)
    index = [head.chain for head in heads].index(chain)
    path = tree.path([leaf(head) for head in heads], index)
    stamp = session.get(RootStamp, number)
    root = session.get_one(DailyRoot, number)
    return Inclusion(root, heads[index], index, path, stamp.token if stamp else None)
