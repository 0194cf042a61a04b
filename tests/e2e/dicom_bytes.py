"""DICOM files byte by byte, also such as no library would write. Explicit VR little endian unless
said otherwise; nothing is checked."""
import struct
import zlib

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
LONG = ("OB", "OW", "SQ", "UN", "UT", "UC", "UR")


def element(tag, vr, value):
    """One element; `tag` as 0xGGGGEEEE; text is padded, bytes are not, numbers are US."""
    if isinstance(value, int):
        value = struct.pack("<H", value)
    if isinstance(value, str):
        value = value.encode()
        value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in LONG:
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def sequence(tag, *items):
    """A sequence of items, each given as its elements' bytes."""
    packed = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    return element(tag, "SQ", packed)


def split(elements):
    """Tag -> the bytes of each element at the top level; all lengths must be defined."""
    found, at = {}, 0
    while at < len(elements):
        group, element_number, vr = struct.unpack_from("<HH2s", elements, at)
        is_long = vr.decode() in LONG
        length = struct.unpack_from("<I" if is_long else "<H", elements, at + (8 if is_long else 6))[0]
        end = at + (12 if is_long else 8) + length
        found[group << 16 | element_number] = elements[at:end]
        at = end
    return found


def value(raw):
    """The value of one element."""
    return raw[12 if raw[4:6].decode() in LONG else 8:]


def part10(data_set, syntax=EXPLICIT, sop_class="1.2.840.10008.5.1.4.1.1.6.1", more_meta=b"",
           preamble=bytes(128), instance="1.2.3.4.5"):
    """Preamble, meta information with a right group length, and the data set."""
    meta = (element(0x00020001, "OB", b"\0\1") + element(0x00020002, "UI", sop_class) +
            element(0x00020003, "UI", instance) + element(0x00020010, "UI", syntax) +
            element(0x00020012, "UI", "1.2.3.9") + more_meta)
    length = element(0x00020000, "UL", struct.pack("<I", len(meta)))
    return preamble + b"DICM" + length + meta + data_set


def head(sop_class, modality, patient_id="PID-4711", before=b"", early=b""):
    """Who and what: `before` goes before the SOP class, `early` before group 0010."""
    return b"".join([
        before,
        element(0x00080016, "UI", sop_class),
        element(0x00080018, "UI", "1.2.3.4.5"),
        element(0x00080060, "CS", modality),
        early,
        element(0x00100010, "PN", "Mustermann^Erika"),
        element(0x00100020, "LO", patient_id),
        element(0x0020000D, "UI", "1.2.3.1"),
        element(0x0020000E, "UI", "1.2.3.2"),
    ])


def ultrasound(pixels=bytes(4096), patient_id="PID-4711", early=b"", late=b""):
    """An ultrasound image of 64 x 64 that says that its pixels hold no text, so that no model is
    asked. `early` goes before group 0010, `late` before the pixel data."""
    before = (element(0x00080005, "CS", "ISO_IR 100") +
              element(0x00080008, "CS", "ORIGINAL\\PRIMARY"))
    return b"".join([
        head("1.2.840.10008.5.1.4.1.1.6.1", "US", patient_id, before, early),
        element(0x00280002, "US", 1),
        element(0x00280004, "CS", "MONOCHROME2"),
        element(0x00280010, "US", 64),
        element(0x00280011, "US", 64),
        element(0x00280100, "US", 8),
        element(0x00280101, "US", 8),
        element(0x00280102, "US", 7),
        element(0x00280103, "US", 0),
        element(0x00280301, "CS", "NO"),
        late,
        element(0x7FE00010, "OB", pixels),
    ])


def concept(value, scheme="DCM", meaning="a concept"):
    return sequence(0x0040A043, element(0x00080100, "SH", value) +
                    element(0x00080102, "SH", scheme) + element(0x00080104, "LO", meaning))


def text_item(code, text, *below):
    """A content item of a structured report with items below it."""
    return b"".join([
        element(0x0040A010, "CS", "CONTAINS"),
        element(0x0040A040, "CS", "TEXT"),
        concept(code),
        element(0x0040A160, "UT", text),
        sequence(0x0040A730, *below) if below else b"",
    ])


def report(*items):
    """An enhanced structured report with these content items below its root."""
    return b"".join([
        head("1.2.840.10008.5.1.4.1.1.88.22", "SR"),
        element(0x0040A040, "CS", "CONTAINER"),
        concept("126000", meaning="Imaging Measurement Report"),
        element(0x0040A050, "CS", "SEPARATE"),
        sequence(0x0040A730, *items),
    ])


def deflated(data_set):
    """Raw deflate, padded to an even length (PS3.5 section A.5)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data_set) + packer.flush()
    return packed + b"\0" * (len(packed) % 2)


def inflated(content):
    """What a deflated Part 10 file unfolds to, behind its meta information."""
    at = 132
    while struct.unpack_from("<H", content, at)[0] == 0x0002:
        vr = content[at + 4:at + 6].decode()
        if vr in LONG:
            at += 12 + struct.unpack_from("<I", content, at + 8)[0]
        else:
            at += 8 + struct.unpack_from("<H", content, at + 6)[0]
    return zlib.decompressobj(-15).decompress(content[at:])
