#!/usr/bin/env python3
"""Checks that every #include in lib/ and cmd/ follows an allowed arrow, that foreign headers stay inside
the adapter named for them, and that lib/ prints nothing. Exits 1 and names each offence."""
import pathlib
import re
import sys

ARROWS = {
    "base": set(),
    "dicom": {"base"},
    "volume": {"base"},
    "study": {"base", "dicom", "volume"},
    "text": {"base"},
    "deid": {"base", "dicom"},
    "descriptors": {"base", "dicom", "deid", "text"},
    "findings": {"base"},
    "check": {"base", "dicom", "deid", "text", "descriptors", "findings", "sidecar"},
    "sidecar": {"base", "dicom", "deid", "text"},
    "burned_in": {"base", "dicom"},
    "face": {"base", "volume"},
    "qc": {"base", "volume", "face"},
    "audit": {"base", "dicom", "face"},
    "config": {"base", "deid", "face", "dicom", "burned_in"},
    "dicom_dcmtk": {"base", "dicom"},
    "volume_itk": {"base", "volume"},
    "picture_codecs": {"base", "dicom"},
    "face_torch": {"base", "volume", "face"},
    "ocr_tesseract": {"base", "burned_in"},
    "crypto_openssl": {"base"},
    "batch": {"base", "dicom", "volume", "study", "deid", "text", "descriptors", "face", "qc", "audit",
              "burned_in", "sidecar", "findings", "check", "dicom_dcmtk", "volume_itk", "picture_codecs",
              "crypto_openssl"},
}
ARROWS["cmd"] = set(ARROWS)
FOREIGN = {  # header pattern -> modules that may include it (in .cpp and private headers)
    r"^dcmtk/": {"dicom_dcmtk"},
    r"^(itk|gdcm|vnl)": {"volume_itk"},
    r"^(torch|ATen|c10)/": {"face_torch"},
    r"^(tesseract|leptonica)/": {"ocr_tesseract"},
    r"^openssl/": {"crypto_openssl"},
    r"^nlohmann/": {"audit", "check", "config", "findings", "text", "sidecar", "cmd"},
    r"^re2/": {"text"},
    r"^unicode/": {"text"},
    r"^CLI/": {"cmd"},
    r"^zlib\.h": {"volume_itk", "dicom_dcmtk", "sidecar"},
    r"^(png|jpeglib|tiffio)\.h": {"picture_codecs"},
    r"^pugixml": {"sidecar"},
}
PRINTS = re.compile(r"std::(cout|cerr|clog)|\b(printf|fprintf|puts|fputs|perror|vprintf)\s*\(|fmt::print|<iostream>")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    faults = []
    for path in sorted([*root.glob("lib/**/*.h"), *root.glob("lib/**/*.cpp"), *root.glob("cmd/**/*.h"),
                        *root.glob("cmd/**/*.cpp")]):
        parts = path.relative_to(root).parts
        module = parts[1] if parts[0] == "lib" else "cmd"
        where = "/".join(parts)
        if module not in ARROWS:
            faults.append(f"{where}: module '{module}' is not in the map of arrows")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if parts[0] == "lib" and PRINTS.search(line.split("//")[0]):
                faults.append(f"{where}:{number}: prints; lib/ must not")
            found = INCLUDE.match(line)
            if not found:
                continue
            header = found.group(1)
            target = header.split("/")[0]
            if target in ARROWS and "/" in header and target != module and target not in ARROWS[module]:
                faults.append(f"{where}:{number}: {module} may not include {target}")
            for pattern, allowed in FOREIGN.items():
                if re.match(pattern, header) and module not in allowed:
                    faults.append(f"{where}:{number}: {header} belongs to {sorted(allowed)}")
                if re.match(pattern, header) and path.suffix == ".h" and parts[0] == "lib" \
                        and not path.stem.startswith("internal"):
                    faults.append(f"{where}:{number}: foreign header in a public header")
    print("\n".join(faults) if faults else "layers: clean")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
