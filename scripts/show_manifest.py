#!/usr/bin/env python3
"""Prints what a run removed, from its manifest.json. Usage: show_manifest.py MANIFEST"""
import glob
import json
import sys


def attribute_names() -> dict[str, str]:
    """Keywords by tag from DCMTK's dictionary, where it is installed."""
    names = {}
    for path in glob.glob("/usr/share/libdcmtk*/dicom.dic"):
        with open(path, encoding="utf-8") as lines:
            for fields in (line.split("\t") for line in lines if line.startswith("(")):
                names[fields[0].lower()] = fields[2]
    return names


def rows(title: str, counts: dict[str, object]) -> None:
    if counts:
        print(f"\n{title}")
        for name, count in counts.items():
            print(f"  {name:<52} {count:>10}")


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        totals = json.load(file)["totals"]
    names = attribute_names() | {"(0000,0000)": "Preamble"}
    attributes = {}
    for tag, actions in totals["actions"].items():
        done = ", ".join(f"{action} {count}" for action, count in actions.items() if count)
        attributes[f"{tag} {names.get(tag, '')}"] = done
    rows("attributes, over all files written", attributes)
    rows("HIPAA Safe Harbor classes, values removed or replaced",
         {name: count for name, count in totals["safe_harbor"].items() if count})
    rows("faces, volumes by verdict", {n: c for n, c in totals["verdicts"].items() if c})
    rows("faces, voxels removed", totals["voxels_removed"])
    rows("files", {n: totals[n] for n in ("inputs", "written", "withheld", "failed")})
    rows("withheld because", totals["withheld_reasons"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
