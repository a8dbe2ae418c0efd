"""What happened, provably: the journal, the seal, the proofs and their verification."""
