"""results.json as Markdown, for models/README.md.

What it is for: one table a question. What it does not do: thresholds; each table says what was asked.
"""
import collections

import numpy as np


def brief(record):
    """A record in a few words, for the log."""
    if "volumes" in record:
        return collections.Counter(str(v["verdict"]) for v in record["volumes"])
    judged = record.get("judge", {})
    return " ".join(str(v) for v in (record.get("status", ""), record.get("verdict"), record.get("why", ""),
                                     *judged.get("failed", []), record.get("dice", "")) if v)


def number(value, digits=3):
    return "–" if value is None else f"{value:.{digits}f}"


def rows(header, lines):
    return "\n".join(["| " + " | ".join(header) + " |", "|" + "---|" * len(header),
                      *("| " + " | ".join(str(c) for c in line) + " |" for line in lines)]) + "\n"


def removed_of(record):
    """'5/5': landmarks in view that are gone, by the judge's rule."""
    marks = record["judge"].get("landmarks", {})
    gone = sum(m["changed"] >= 0.9 and m["still_bright"] <= 0.35 for m in marks.values())
    return f"{gone}/{len(marks)}"


def judged_cells(r):
    if "judge" not in r:
        return ["–"] * 6
    j = r["judge"]
    return [removed_of(r), j.get("brain_core_changed", "–"), j.get("faces_after", "–"),
            f"{number(j.get('outline_leakage'), 2)} / {number(j.get('outline_leakage_inside'), 2)}",
            number(j.get("collateral")), number(j.get("far_collateral"), 5)]


def real(records):
    lines = [[k.split("/")[1], r["status"], r["verdict"], number(r["score"]), *judged_cells(r),
              r["seconds"], r["cpu_seconds"], r["peak_mib"]] for k, r in records.items() if k.startswith("real/")]
    return "**Real volumes with landmarks, as given.**\n\n" + rows(
        ["volume", "judge", "verdict", "score", "landmarks gone", "brain core voxels", "faces after",
         "leakage / inside", "collateral", "far", "s", "CPU s", "MiB"], lines)


def changed(records):
    """One line a change, over all volumes; what failed is named."""
    groups = collections.defaultdict(list)
    for key, r in records.items():
        if key.startswith("changed/"):
            _, label, name = key.split("/")
            groups[label].append((name, r))
    lines, failures = [], []
    for label, group in groups.items():
        count = collections.Counter(r["status"] for _, r in group)
        judged = [r["judge"] for _, r in group if "judge" in r]
        most = lambda key: max((j[key] for j in judged if j.get(key) is not None), default=None)
        lines.append([label, len(group), count["pass"], count["withheld"], count["fail"] + count["failed"],
                      most("brain_core_changed") if judged else "–",
                      f"{number(most('outline_leakage'), 2)} / {number(most('outline_leakage_inside'), 2)}",
                      number(most("collateral")), number(most("far_collateral"), 5)])
        failures += [f"* {label}, {n}, {r['verdict']}: {'; '.join(r['judge']['failed'])}"
                     for n, r in group if r["status"] == "fail"]
        failures += [f"* {label}, {n}: withheld, {r['why']}" for n, r in group if r["status"] == "withheld"]
    return "**The same, changed** (worst of the volumes judged).\n\n" + rows(
        ["change", "volumes", "pass", "withheld", "fail", "brain core voxels", "leakage / inside", "collateral",
         "far"], lines) + "\n" + "\n".join(failures) + "\n"


def other(records):
    lines = []
    for key, r in records.items():
        if not key.startswith(("other/", "negative/")):
            continue
        for v in r.get("volumes", [r]):
            lines.append([v["volume"], v["expected"], "×".join(map(str, v["size"])), v["outcome"], v["verdict"],
                          number(v["score"]), v["why"]])
    text = "**Other real volumes, and negatives made of real ones.**\n\n" + rows(
        ["volume", "in view", "size", "outcome", "verdict", "score", "why"], lines)
    lines = [[k.split("/")[1], c["inputs"], c["written"], c["withheld"], c["failed"],
              *(c["verdicts"].get(v, 0) for v in ("removed", "no_face", "no_head", "uncertain"))]
             for k, c in ((k, r["counts"]) for k, r in records.items() if k.startswith("variety/"))]
    return text + ("\n" + rows(["folder", "files", "written", "withheld", "failed", "removed", "no_face", "no_head",
                               "uncertain"], lines) if lines else "")


def synthetic_records(records):
    groups = collections.defaultdict(list)
    for key, r in records.items():
        if key.startswith("synthetic/"):
            groups[key.split("/")[1]] += r["volumes"]
    return groups


def synthetic(records):
    lines = []
    for name, group in synthetic_records(records).items():
        count = collections.Counter(v["verdict"] for v in group)
        share = lambda what: f"{100 * what / len(group):.0f} %"
        faces = [v for v in group if v["face_ml"] >= 2]
        cleared = [v["face_changed"] for v in faces if v["verdict"] == "removed"]
        lines.append([name, len(group), len(faces), *(share(count[v]) for v in (
            "removed", "no_face", "no_head", "uncertain")), sum(v["missed"] for v in group),
            number(float(np.mean(cleared)) if cleared else None),
            number(float(np.quantile(cleared, 0.05)) if cleared else None),
            number(max((v.get("brain_changed_ml", 0) for v in group if v["outcome"] == "written"), default=None), 2)])
    return ("**Held-out synthetic volumes.** Face in view: at least 2 ml of facial labels. Missed: written with "
            "less than 80 % of them changed. What is wrapped around, behind the head, counts as face, too.\n\n" + rows(
                ["nuisance", "volumes", "with a face", "removed", "no_face", "no_head", "uncertain", "missed",
                 "mean share gone", "5 % quantile", "most brain, ml"], lines))


def reliability(records):
    """Score against what is true: of the volumes that the program would release."""
    volumes = [v for g in synthetic_records(records).values() for v in g
               if v["score"] is not None and v["outcome"] == "written"]
    edges, lines = [0, 0.5, 0.9, 0.97, 0.99, 0.998, 1.0001], []
    for low, high in zip(edges, edges[1:]):
        group = [v for v in volumes if low <= v["score"] < high]
        right = sum(not v["missed"] for v in group)
        if group:
            lines.append([f"{low:.3f} to {min(high, 1):.3f}", len(group), f"{np.mean([v['score'] for v in group]):.3f}",
                          f"{right / len(group):.3f}"])
    return "**Score and truth** (synthetic volumes that were written).\n\n" + rows(
        ["score", "volumes", "mean score", "share without a missed face"], lines)


def dice(records):
    groups = collections.defaultdict(list)
    for key, r in records.items():
        if key.startswith("dice/"):
            head = r["head"].split("_")
            groups[f"map {head[1]}" + (", other faces" if len(head) > 2 else "") if head[0] == "real"
                   else "synthetic heads"].append(r)
    names = ("face", "eyes", "nose", "mouth", "ears", "brain")
    mean = lambda values: number(float(np.mean(values)) if values else None)
    lines = [[name, len(group), *(mean([r["dice"][k] for r in group if r.get("dice", {}).get(k) is not None])
                                  for k in names),
              mean([r["region_dice"] for r in group if r.get("region_dice") is not None
                    and r["verdict"] == "removed"]),
              mean([r["face_changed"] for r in group if r["verdict"] == "removed"]),
              mean([r["of_changed_tissue_face"] for r in group if r["of_changed_tissue_face"] is not None]),
              number(max(r.get("brain_changed_ml", 0) for r in group), 2)] for name, group in groups.items()]
    return ("**Dice on label maps**, images painted at random (T1, T2, CT, any). Region: what the program changed in "
            "tissue against what it would have changed by the reference labels.\n\n" + rows(
                ["heads", "images", *names, "region", "share of face changed", "share of changed tissue that is face",
                 "most brain, ml"], lines))


def dice_changed(records):
    groups = collections.defaultdict(list)
    for key, r in records.items():
        if key.startswith("dice changed/"):
            groups[key.split("/")[1]].append(r)
    mean = lambda values: number(float(np.mean(values)) if values else None)
    lines = []
    for name, group in groups.items():
        removed = [r for r in group if r["verdict"] == "removed"]
        of = lambda part: mean([r["dice"][part] for r in group if r.get("dice", {}).get(part) is not None])
        lines.append([name, len(group), len(removed), *(of(k) for k in ("face", "eyes", "nose", "mouth", "ears", "brain")),
                      mean([r["region_dice"] for r in removed if r.get("reference_verdict") == "removed"]),
                      mean([r["face_changed"] for r in removed if r["face_changed"] is not None])])
    return ("**The same under the changes of the real volumes**, one image of each map and of two made heads; the last "
            "two columns of those whose face was removed.\n\n" + rows(
                ["change", "images", "removed", "face", "eyes", "nose", "mouth", "ears", "brain", "region",
                 "share of face changed"], lines))


def markdown(results):
    records, model = results["records"], results["model"]
    title = f"Model {model['name']} {model['version']} ({model['sha256'][:12]}" + (
        f", face {model['face_sha256'][:12]})" if model.get("face_sha256") else ")")
    parts = [title + "\n"]
    for prefix, make in (("real/", real), ("changed/", changed), (("other/", "negative/"), other),
                         ("synthetic/", synthetic), ("synthetic/", reliability), ("dice/", dice),
                         ("dice changed/", dice_changed)):
        if any(k.startswith(prefix) for k in records):
            parts.append(make(records))
    return "\n".join(parts)
