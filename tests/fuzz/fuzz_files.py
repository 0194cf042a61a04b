"""Broken files, many at a time, through the whole program.

    EFFACE=… MAKE_STUDY=… fuzz_files.py replay            the kept corpus, as a test
    EFFACE=… MAKE_STUDY=… fuzz_files.py search SECONDS    looks for new ones and keeps them

Whatever the files hold, the program must end in time, within bounds of memory, by exit code 0 or 3,
with a record of each; and what cannot be read must not keep a sound file beside it from being
written. Files that are recorded in a way not seen before are kept in corpus/files: their names say
how. Seeds are made by code; no file of a patient is among them."""
import argparse
import collections
import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import dicom_bytes as db  # noqa: E402

EFFACE = os.environ.get("EFFACE", "efface")
MAKE_STUDY = os.environ.get("MAKE_STUDY", "make_demo_study")
CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "files"
SECONDS_PER_BATCH = 240
MEGABYTES = 1500  # of memory for a batch; the networks and the text reader take 700
LARGEST_KEPT = 6000  # bytes of a file in the corpus
NUMBERS = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
           0xFFFFFFFE, 0xFFFFFFFF]


class Broken(Exception):
    """The program did what it must never do."""


# Seeds

def nifti(size=8, dimensions=3):
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, dimensions, size, size, size, *[1] * 4)
    struct.pack_into("<hh", header, 70, 4, 16)
    struct.pack_into("<8f", header, 76, 1, 2, 2, 2, 1, 1, 1, 1)
    struct.pack_into("<f", header, 108, 352)
    struct.pack_into("<h", header, 254, 1)
    for row in range(3):
        struct.pack_into("<4f", header, 280 + 16 * row, *[2.0 if n == row else 0.0 for n in range(4)])
    header[344:348] = b"n+1\0"
    return bytes(header) + struct.pack(f"<{size ** 3}h", *[n % 97 for n in range(size ** 3)])


def nrrd():
    return (b"NRRD0004\ntype: short\ndimension: 3\nsizes: 8 8 8\nspace: left-posterior-superior\n"
            b"space directions: (2,0,0) (0,2,0) (0,0,2)\nencoding: raw\nendian: little\n\n" +
            bytes(1024))


def meta_image():
    return (b"ObjectType = Image\nNDims = 3\nDimSize = 8 8 8\nElementType = MET_SHORT\n"
            b"ElementSpacing = 2 2 2\nElementDataFile = LOCAL\n" + bytes(1024))


def compressed_image():
    from PIL import Image
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).save(stream, "JPEG")
    frame = stream.getvalue() + b"\0" * (len(stream.getvalue()) % 2)
    fragments = (struct.pack("<HHI", 0xFFFE, 0xE000, 0) +
                 struct.pack("<HHI", 0xFFFE, 0xE000, len(frame)) + frame +
                 struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    plain = db.ultrasound(b"")
    start = plain[:-12]
    return db.part10(start + struct.pack("<HH", 0x7FE0, 0x0010) + b"OB\0\0" + b"\xff" * 4 +
                     fragments, syntax="1.2.840.10008.1.2.4.50")


def nested(depth):
    inner = db.element(0x00080104, "LO", "deep")
    for _ in range(depth):
        inner = db.sequence(0x0040A730, inner)
    return db.part10(db.ultrasound(early=b"", late=inner))


def seeds(folder):
    subprocess.run([MAKE_STUDY, "--output", folder / "small", "--kind", "small"], check=True)
    made = [p.read_bytes() for p in sorted((folder / "small").rglob("*")) if p.is_file()]
    report = db.part10(db.report(db.text_item("121071", "text", db.text_item("121071", "more"))),
                       sop_class="1.2.840.10008.5.1.4.1.1.88.22")
    image = db.part10(db.ultrasound())
    deflated = db.part10(db.deflated(db.ultrasound()), syntax=db.DEFLATED)
    return [*made, report, image, deflated, gzip.compress(image), compressed_image(), nested(5),
            nifti(), gzip.compress(nifti()), nifti(dimensions=4), nrrd(), meta_image(),
            b'{"PatientName": "A^B"}', b"participant_id\tage\nsub-01\t93\n"]


# Mutations

def mutate(content, others, dice):
    content = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 6])):
        if not content:
            break
        at = dice.randrange(len(content))
        # Headers are short and pixels long: most changes go to the beginning.
        if dice.random() < 0.7:
            at = dice.randrange(min(len(content), 1500))
        kind = dice.randrange(9)
        if kind == 0:
            content[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            content[at] = dice.choice([0, 0xFF, 0x20, 0x5C, 0x1B, 0x2F, dice.randrange(256)])
        elif kind == 2:
            del content[at:]
        elif kind == 3:
            del content[at:at + dice.choice([1, 2, 4, 8, 40])]
        elif kind == 4:
            piece = content[at:at + dice.choice([1, 8, 20, 200])]
            content[at:at] = piece * dice.choice([1, 2, 50])
        elif kind == 5:
            number = dice.choice(NUMBERS)
            form = dice.choice("HIQ")
            width = struct.calcsize("<" + form)
            packed = struct.pack(dice.choice("<>") + form, number % (1 << 8 * width))
            content[at:at + width] = packed
        elif kind == 6:
            other = dice.choice(others)
            start = dice.randrange(len(other))
            content[at:at] = other[start:start + dice.choice([8, 60, 600])]
        elif kind == 7:
            vr = dice.choice([b"SQ", b"UN", b"OB", b"PN", b"UI", b"DS", b"ZZ", b"UT"])
            content[at:at + 2] = vr
        else:
            tags = [(0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD), (0x7FE0, 0x10),
                    (0x0008, 0x0005), (0x0028, 0x0010), (0x0002, 0x0010), (0x0009, 0x0010)]
            content[at:at + 4] = struct.pack("<HH", *dice.choice(tags))
    return bytes(content)


def in_a_study_of_its_own(content, dice):
    """Other digits in the UIDs of the seeds, so that a batch is not one study of many patients."""
    content = re.sub(rb"1\.2\.3(?=\.)", f"1.{dice.randrange(3, 10)}.{dice.randrange(10)}".encode(),
                     content)
    return re.sub(rb"2\.25\.\d{8}", f"2.25.{dice.randrange(10 ** 7, 10 ** 8)}".encode(), content)


# Running

def run(folder, output, key):
    """Exit code, seconds, megabytes, messages."""
    begun = time.monotonic()
    messages = tempfile.TemporaryFile()
    process = subprocess.Popen([EFFACE, "run", folder, "--output", output, "--key", key, "--quiet",
                                "--record-paths", "--jobs", "2"], stdout=messages, stderr=messages)
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > SECONDS_PER_BATCH:
            process.kill()
            os.wait4(process.pid, 0)
            raise Broken(f"not ended after {SECONDS_PER_BATCH} s")
        time.sleep(0.01)
    process.returncode = os.waitstatus_to_exitcode(status)
    messages.seek(0)
    return (process.returncode, time.monotonic() - begun, usage.ru_maxrss / 1024,
            messages.read().decode(errors="replace"))


def sound_file():
    """One file that must be written whatever stands beside it."""
    data_set = db.ultrasound(patient_id="SOUND").replace(b"1.2.3.", b"1.2.9.")
    return db.part10(data_set, instance="1.2.9.4.5")


def judge(contents, scratch):
    """Runs one batch. Records by number of the file; raises Broken with the reason."""
    folder, output = scratch / "in", scratch / "out"
    for path in (folder, output):
        shutil.rmtree(path, ignore_errors=True)
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number:04}").write_bytes(content)
    (folder / "sound").write_bytes(sound_file())
    code, seconds, megabytes, messages = run(folder, output, scratch / "key")
    if code not in (0, 3):
        raise Broken(f"exit code {code}: {messages[-300:]}")
    if megabytes > MEGABYTES:
        raise Broken(f"took {megabytes:.0f} MB")
    manifest = json.loads((output / "manifest.json").read_text())
    records = {pathlib.Path(entry["path"]).name: entry for entry in manifest["inputs"]}
    if len(records) != len(contents) + 1:
        raise Broken(f"{len(records)} records of {len(contents) + 1} files")
    if records["sound"]["outcome"] != "written":
        raise Broken(f"a sound file was {records['sound'].get('reason')}")
    for name, entry in records.items():
        if entry["outcome"] == "written" and not (output / entry["output"]).is_file():
            raise Broken(f"file {name}: no output")
    return {int(name): entry for name, entry in records.items() if name != "sound"}, seconds


def narrow(contents, scratch, message):
    """The first file of a batch that breaks the program by itself, or the whole batch."""
    for content in contents:
        try:
            judge([content], scratch)
        except Broken as error:
            return [content], str(error)
    return contents, message


def kind_of(entry):
    detail = re.sub(r"[^a-z]+", "-", (entry.get("reason") or entry["outcome"]) + " " +
                    (entry.get("detail") or "").lower())
    return f"{entry['kind']}-{detail}"[:80].strip("-")


def search(seconds, seed, scratch):
    dice = random.Random(seed)
    pool = seeds(scratch) + [path.read_bytes() for path in sorted(CORPUS.glob("*"))]
    CORPUS.mkdir(parents=True, exist_ok=True)
    known = {path.name.rsplit("-", 1)[0] for path in CORPUS.glob("*")}
    outcomes = collections.Counter()
    end, files, kept, broken = time.monotonic() + seconds, 0, 0, 0
    while time.monotonic() < end:
        batch = [in_a_study_of_its_own(mutate(dice.choice(pool), pool, dice), dice)
                 for _ in range(100)]
        try:
            records, _ = judge(batch, scratch)
        except Broken as error:
            culprits, message = narrow(batch, scratch, str(error))
            broken += 1
            print(f"BROKEN: {message}", flush=True)
            place = pathlib.Path(f"broken-{seed}-{files}")
            place.mkdir()
            for number, content in enumerate(culprits):
                (place / str(number)).write_bytes(content)
            continue
        finally:
            files += len(batch)
        for number, entry in records.items():
            kind = kind_of(entry)
            outcomes[entry.get("reason") or entry["outcome"]] += 1
            if kind in known:
                continue
            known.add(kind)
            pool.append(batch[number])
            if len(batch[number]) <= LARGEST_KEPT:
                digest = hashlib.sha256(batch[number]).hexdigest()[:8]
                (CORPUS / f"{kind}-{digest}").write_bytes(batch[number])
                kept += 1
    print(f"{files} files in {seconds} s, {kept} kept, {broken} batches broke the program")
    print(", ".join(f"{count} {kind}" for kind, count in outcomes.most_common(12)))
    return 1 if broken else 0


def replay(scratch):
    """The corpus, and a few hundred mutations of it that are the same everywhere."""
    corpus = [path.read_bytes() for path in sorted(CORPUS.glob("*"))]
    if not corpus:
        raise SystemExit("no corpus")
    dice = random.Random(1)
    hostile = [nested(100), nested(2000), nested(20000)]
    batch = corpus + hostile + [mutate(dice.choice(corpus), corpus, dice) for _ in range(200)]
    records, seconds = judge(batch, scratch)
    print(f"{len(batch)} files, each recorded, in {seconds:.0f} s")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["search", "replay"])
    parser.add_argument("seconds", type=int, nargs="?", default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="efface-fuzz-") as name:
        scratch = pathlib.Path(name)
        subprocess.run([EFFACE, "key", "new", scratch / "key"], check=True, capture_output=True)
        if options.what == "replay":
            return replay(scratch)
        return search(options.seconds, options.seed, scratch)


if __name__ == "__main__":
    sys.exit(main())
