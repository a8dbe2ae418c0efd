"""Checks an archive by docs/evidence-format.md; ends with 0: it agrees; 1: altered; 2: unknown."""

import argparse
import json
import re
import zlib
from hashlib import new, sha256
from zipfile import ZipFile

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

RULES = {"files": ".*", "manifest": "manifeste.sig", "journal": "journal.json"}
RULES |= {"letter": "journal.json", "certificates": "certificats/.*", "returned": r".*\.eml"}
RULES |= {"witness": r"temoin/.*\.json"} | dict.fromkeys(["seal", "attachment"], r"preuves/.*\.pdf")
HASHED = ["chain", "facts_hash", "kind", "occurred_at", "previous_hash", "sequence", "subject"]
SEALED = ("manifeste.json", "manifeste.sig")
URIS = ("http://uri.etsi.org/19522/Event/", "urn:plirec:event:")
PROVED = "(Submission|Consignment)Acceptance|Notif.*ForAcceptance(Failure)?|.*Rejection(Expiry)?"
SHA256, SHA384, SHA512 = (bytes.fromhex(f"60864801650304020{end}") for end in (1, 2, 3))
ALGORITHMS = {SHA256: hashes.SHA256(), SHA384: hashes.SHA384(), SHA512: hashes.SHA512()}
IDENTIFIERS = ("0701", "0903", "0904", "09100104", "0910020e")
DATA, TYPE, DIGEST, TST_INFO, STAMP = (bytes.fromhex(f"2a864886f70d01{i}") for i in IDENTIFIERS)
RANGE = rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]"
FILE = rb"<<\s*/Length\s+(\d+)\s*/Type\s*/EmbeddedFile\b.{0,400}?>>\s*stream\r?\n"
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
load = json.JSONDecoder(object_pairs_hook=lambda p: len(p) == len(dict(p)) and dict(p)).decode


def require(held, why):
    if not held:
        raise ValueError(why)


def elements(der, most=None):
    """Split DER into (tag, content, whole)."""
    found = []
    while der and len(found) != most:
        start = 2 + max(0, der[1] - 128)
        end = start + (int.from_bytes(der[2:start]) if start > 2 else der[1])
        require(end <= len(der), "cut short")
        found, der = [*found, (der[0], der[start:end], der[:end])], der[end:]
    return found


def attributes(der):
    return {name[1]: elements(held[1])[0] for name, held in (elements(p[1]) for p in elements(der))}


def signed(cms, kind, content=None):
    """Check a CMS (RFC 5652); give the fingerprint, content, signature, unsigned attributes."""
    parts = elements(elements(elements(elements(cms)[0][1])[1][1])[0][1])
    inner = elements(parts[2][1])
    content = content or elements(inner[1][1])[0][1]
    _, sid, method, own, _, signature, *rest = elements(elements(parts[-1][1])[0][1])
    added = attributes(rest[0][1] if rest else b"")
    held, hashing = attributes(own[1]), ALGORITHMS[elements(method[1])[0][1]]
    require(inner[0][1] == held[TYPE][1] == kind, "signed as something else")
    require(held[DIGEST][1] == new(hashing.name, content).digest(), "it was changed")
    for _, _, whole in elements(next(part[1] for part in parts if part[0] == 0xA0)):
        fields = elements(elements(elements(whole)[0][1])[0][1])
        named = any(new(name, whole).digest() in own[1] for name in ("sha1", "sha256", "sha512"))
        if named and fields[3][2] + fields[1][2] == sid[1]:  # issuer and serial number
            key = load_der_x509_certificate(whole).public_key()
            how = [ec.ECDSA(hashing)] if hasattr(key, "curve") else [padding.PKCS1v15(), hashing]
            key.verify(signature[1], b"\x31" + own[2][1:], *how)
            return sha256(whole).hexdigest(), content, signature[1], added
    raise ValueError("the signer's certificate is missing")


class Archive:
    def __init__(self, opened, known):
        self.names, self.read, self.proved, self.entries = opened.namelist(), opened.read, set(), []
        self.said = said = load(self.read("manifeste.json").decode())
        require((said["format"], said["version"]) == ("plirec-archive", 3), "another format")
        self.chain, self.known = f"letter:{said['number']}", known or [*said["certificates"]]
        self.listed = {str(one["path"]): [one["size"], one["sha256"]] for one in said["files"]}

    def files(self, path):
        require(self.names.count(path) == 1, f"{self.names.count(path)} times in the ZIP")
        content = self.read(path)
        found = [len(content), sha256(content).hexdigest()]
        require(path in SEALED or self.listed.get(path) == found, "not as it is listed")
        return content

    def manifest(self, path):
        found = load_pem_x509_certificate(self.read(f"certificats/{self.said['sealed_with']}.pem"))
        require(found.fingerprint(hashes.SHA256()).hex() in self.known, "sealed by another")
        found.public_key().verify(self.read(path), self.read(SEALED[0]), ec.ECDSA(hashes.SHA256()))

    def journal(self, path):
        journal, previous = load(self.read(path).decode()), "0" * 64
        require((journal["version"], journal["chain"]) == (1, self.chain), "another chain")
        for number, entry in enumerate(journal["entries"], 1):
            place = entry["chain"], entry["sequence"], entry["previous_hash"]
            require(place == (self.chain, number, previous), f"entry {number} does not follow")
            self.check_entry(entry, self.said["made_at"])
            self.entries.append(entry)
            previous = entry["entry_hash"]

    def letter(self, _path):
        facts = next(one["facts"] for one in self.entries if one["subject"] == self.chain) or {}
        sent = [facts.get("message_sha256")] + [f["sha256"] for f in facts.get("attachments", ())]
        held = [sha256(self.read(one)).hexdigest() for one in self.names if one[:9] == "courrier/"]
        require(not facts or sorted(sent) == sorted(held), "not what was sent")

    def returned(self, path):
        back = [one["facts"] and one["facts"].get("sha256", "") for one in self.entries]
        require({None, sha256(self.files(path)).hexdigest()} & {*back}, "not what came back")

    def certificates(self, path):
        found = load_pem_x509_certificate(self.files(path)).fingerprint(hashes.SHA256()).hex()
        require(path[12:-4] == found in self.said["certificates"], "another certificate")

    def seal(self, path):
        pdf = self.files(path)
        ((end, rest, size),) = (map(int, found) for found in re.findall(RANGE, pdf))
        require(rest + size == len(pdf), "something was added after the seal")
        gap = re.fullmatch(rb"<([0-9A-F]+)>", pdf[end:rest])[1]
        cms = elements(bytes.fromhex(gap.decode()), 1)[0][2]
        require(not gap[2 * len(cms) :].strip(b"0"), "something was added to the seal")
        found, _, signature, added = signed(cms, DATA, pdf[:end] + pdf[rest:])
        require(found in self.known, f"sealed with another certificate, {found}")
        if STAMP in added:
            self.check_stamp(added[STAMP][2], sha256(signature).digest())

    def attachment(self, path):
        (found,) = re.finditer(FILE, self.files(path), re.S)
        content = self.read(path)[found.end() : found.end() + int(found[1])]
        for one in load(zlib.decompress(content).decode())["entries"]:
            self.check_entry(one)
            kept = self.entries[one["sequence"] - 1] if one["chain"] == self.chain else one
            gone = {} if kept["facts"] else {"salt": one["salt"], "facts": one["facts"]}
            require(one == kept | gone, f"entry {one['sequence']} is another in the journal")
        self.proved.add(one["entry_hash"])

    def witness(self, path):
        said, stamp = load(self.files(path).decode()), path[:-5] + ".tsr"
        leaf, root = said["leaf"], bytes.fromhex(said["root"])
        kept, day = self.entries[leaf["sequence"] - 1], f"temoin/{said['day']}.json"
        require(leaf.items() <= kept.items() and path == day, "not in the journal")
        node = sha256(b"\0" + canonical({**leaf, "version": 1}).encode()).digest()
        found = self.climb(node, said["leaf_index"], said["tree_size"], said["path"])
        require(found == root, "the path leads to another root")
        require(said["stamp"] == (stamp if stamp in self.names else None), "its stamp is missing")
        if said["stamp"]:
            self.check_stamp(elements(elements(self.files(stamp))[0][1])[1][2], root)

    def check_stamp(self, token, imprint):
        method, held = elements(elements(elements(signed(token, TST_INFO)[1])[0][1])[2][1])
        require((elements(method[1])[0][1], held[1]) == (SHA256, imprint), "not over this")

    def check_entry(self, entry, made_at=""):
        require(entry.keys() == {*HASHED, "kind_uri", "entry_hash", "salt", "facts"}, "other names")
        hashed = canonical({**{name: entry[name] for name in HASHED}, "version": 1})
        require(entry["entry_hash"] == sha256(hashed.encode()).hexdigest(), "its hash is another")
        require(entry["kind_uri"] in [uri + entry["kind"] for uri in URIS], "its kind is another")
        salt, facts, day = entry["salt"], entry["facts"], entry["occurred_at"]
        if (salt, facts) != (None, None) or f"{int(day[:4]) + 1:04}{day[4:]}" > made_at:
            salted = bytes.fromhex(salt) + canonical({**facts}).encode()
            held = salted[:32].hex(), sha256(salted).hexdigest()
            require((salt, entry["facts_hash"]) == held, "the hash of its facts is another")

    def climb(self, node, index, size, path):
        require(0 <= index < size and bool(path) == (size > 1), "the path does not fit the tree")
        if size == 1:
            return node
        half, top = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
        if index < half:
            return sha256(b"\1" + self.climb(node, index, half, path[:-1]) + top).digest()
        return sha256(b"\1" + top + self.climb(node, index - half, size - half, path[:-1])).digest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("archive")
    parser.add_argument("--fingerprint", default="", help="the certificate's, known otherwise")
    asked, altered = parser.parse_args(), 0
    try:
        archive = Archive(ZipFile(asked.archive), asked.fingerprint.replace(":", "").lower())
    except Exception as error:
        print(f"UNKNOWN: {error!r}")
        return 2
    paths = sorted({*archive.names, *archive.listed, *SEALED, "journal.json"})
    for check, path in ((c, p) for c in RULES for p in paths if re.fullmatch(RULES[c], p, re.S)):
        try:
            getattr(archive, check)(path)
            print(f"ok: {check}, {path!a}")
        except Exception as error:  # a stranger's bytes may break whatever reads them in any way
            altered = 1
            print(f"ALTERED: {check}, {path!a}: {error!a}")
    for one in (e for e in archive.entries if e["facts"] and str(e["subject"])[:9] == "addressee"):
        if re.fullmatch(PROVED, one["kind"]) and one["entry_hash"] not in archive.proved:
            print(f"MISSING: proof of entry {one['sequence']}, {one['kind']}")
    return altered


raise SystemExit(main())
