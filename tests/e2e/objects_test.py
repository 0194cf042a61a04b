"""What becomes of each kind of object, and of each place in a file where something can be hidden:
files made here carry a marker there, and what is written must not."""
import io
import re
import struct
import unittest

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, MPEG4HP41

from harness import Case, tree

MARK = "CANARY"
SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
US = "1.2.840.10008.5.1.4.1.1.6.1"


def mark(place):
    return MARK + place


def marks_in(content):
    return sorted(set(re.findall(rb"CANARY[A-Z0-9]*", content)))


def item(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, Sequence(value) if isinstance(value, list) and value and
                isinstance(value[0], Dataset) else value)
    return made


def instance(sop_class, modality, number=1, syntax=ExplicitVRLittleEndian, study="1.2.3.1", **values):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = f"1.2.3.4.{number}"
    meta.TransferSyntaxUID = syntax
    made = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    made.is_little_endian, made.is_implicit_VR = True, False
    made.update(item(SOPClassUID=sop_class, SOPInstanceUID=f"1.2.3.4.{number}", Modality=modality,
                     PatientName=mark("NAME") + "^Erika", PatientID=mark("PID"),
                     StudyInstanceUID=study, SeriesInstanceUID=study + ".2", StudyDate="20200101",
                     BurnedInAnnotation="NO", **values))
    return made


def with_pixels(made, size=64, colour=False, fragments=None):
    made.Rows = made.Columns = size
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.PixelData = bytes(size * size * (3 if colour else 1))
    if fragments is not None:
        made.PixelData = encapsulate(fragments)
        made["PixelData"].is_undefined_length = True
    made["PixelData"].VR = "OB"
    return made


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def encoded(form):
    """A picture of 64 x 64 in that form; the same in each call."""
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    picture = Image.fromarray(((x * y) % 251).astype(np.uint8))
    stream = io.BytesIO()
    picture.save(stream, form)
    return stream.getvalue()


def jpeg(comments=True):
    plain = encoded("JPEG")
    if not comments:
        return plain
    return (plain[:2] + segment(0xFE, b"CANARYCOM of a patient") +
            segment(0xE1, b"Exif\0\0CANARYEXIF") + plain[2:] + b"CANARYBEHIND")


def jpeg2000():
    """The code stream out of its boxes, with a comment."""
    boxes = encoded("JPEG2000")
    stream = boxes[boxes.index(b"\xff\x4f\xff\x51"):]
    behind_size = 4 + struct.unpack(">H", stream[4:6])[0]
    comment = b"\xff\x64" + struct.pack(">HH", 4 + 10, 1) + b"CANARYJ2KC"
    return stream[:behind_size] + comment + stream[behind_size:]


class Objects(Case):
    def run_one(self, made, name="input", options=()):
        """The record of one file, and the bytes written for it (None when it was withheld)."""
        folder = self.scratch / name
        folder.mkdir()
        made.save_as(folder / "file.dcm", write_like_original=False)
        return self.run_folder(folder, options)[0]

    def run_folder(self, folder, options=()):
        output, manifest, _ = self.run_on(folder, out=folder.name + "-out", expect=None,
                                          more=("--record-paths", *options))
        return [(entry, (output / entry["output"]).read_bytes() if "output" in entry else None)
                for entry in sorted(manifest["inputs"], key=lambda entry: entry["path"])]

    def clean(self, made, **kwargs):
        """What is written for a file that has a marker in it; as a data set and as bytes."""
        stream = io.BytesIO()
        made.save_as(stream, write_like_original=False)
        self.assertNotEqual(marks_in(stream.getvalue()), [])
        entry, content = self.run_one(made, **kwargs)
        self.assertEqual(entry["outcome"], "written", entry)
        self.assertEqual(marks_in(content), [])
        return pydicom.dcmread(io.BytesIO(content)), content

    def assert_withheld(self, made, reason):
        entry, content = self.run_one(made)
        self.assertEqual((entry["outcome"], entry.get("reason")), ("withheld", reason))
        self.assertIsNone(content)

    # Pixel data

    def test_bytes_behind_the_pixels_go(self):
        made = with_pixels(instance(US, "US"))
        made.PixelData = bytes(4096) + b"CANARYPADDING!!!"
        after, _ = self.clean(made)
        self.assertEqual(len(after.PixelData), 4096)

    def test_comments_in_a_jpeg_frame_go_and_the_picture_stays(self):
        # What a slide's header says of its pixels is believed, so that they are not read again.
        made = with_pixels(instance(SLIDE, "SM", syntax=JPEGBaseline8Bit,
                                    ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]),
                           fragments=[jpeg()])
        after, content = self.clean(made)
        self.assertEqual(after.file_meta.TransferSyntaxUID, JPEGBaseline8Bit)
        np.testing.assert_array_equal(after.pixel_array,
                                      np.asarray(Image.open(io.BytesIO(jpeg(comments=False)))))

    def test_comments_in_a_jpeg_2000_frame_go_and_the_picture_stays(self):
        made = with_pixels(instance(SLIDE, "SM", syntax=JPEG2000Lossless,
                                    ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]),
                           fragments=[jpeg2000()])
        after, _ = self.clean(made)
        np.testing.assert_array_equal(after.pixel_array,
                                      np.asarray(Image.open(io.BytesIO(encoded("JPEG2000")))))

    def test_pixel_data_without_a_size_are_withheld(self):
        made = with_pixels(instance(US, "US"))
        del made.Rows
        entry, _ = self.run_one(made)
        self.assertEqual(entry["outcome"], "withheld")

    # Radiotherapy, reports, presentations, waveforms

    def test_a_plan_loses_its_labels(self):
        beam = item(BeamNumber=1, BeamName=mark("BEAM"), TreatmentMachineName=mark("MACHINE"),
                    BeamDescription=mark("BEAMTEXT"))
        made = instance("1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN", RTPlanLabel=mark("LABEL"),
                        RTPlanName=mark("PLAN"), RTPlanDescription=mark("DESC"),
                        BeamSequence=[beam])
        after, _ = self.clean(made)
        self.assertEqual(after.BeamSequence[0].BeamNumber, 1)

    def test_outlines_are_withheld_where_no_image_shows_that_there_is_no_head(self):
        made = instance("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT", StructureSetLabel="X")
        self.assert_withheld(made, "outline-of-head")

    def test_a_report_keeps_its_tree_and_loses_its_text(self):
        concept = item(CodeValue="121071", CodingSchemeDesignator="DCM", CodeMeaning="Finding")
        local = item(CodeValue="L-1", CodingSchemeDesignator="99LOCAL",
                     CodeMeaning=mark("MEANING"))
        text = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue=mark("TEXT"),
                    ConceptNameCodeSequence=[concept])
        name = item(RelationshipType="CONTAINS", ValueType="PNAME", PersonName=mark("OBSERVER"),
                    ConceptNameCodeSequence=[local])
        made = instance("1.2.840.10008.5.1.4.1.1.88.11", "SR", ValueType="CONTAINER",
                        ContentSequence=[text, name])
        after, _ = self.clean(made)
        self.assertEqual(after.ContentSequence[0].ConceptNameCodeSequence[0].CodeValue, "121071")

    def test_key_objects_and_presentation_states(self):
        concept = item(CodeValue="113000", CodingSchemeDesignator="DCM", CodeMeaning="Of Interest")
        text = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue=mark("TEXT"),
                    ConceptNameCodeSequence=[concept])
        self.clean(instance("1.2.840.10008.5.1.4.1.1.88.59", "KO", ContentSequence=[text]),
                   name="ko")
        label = item(UnformattedTextValue=mark("DRAWN"))
        layer = item(GraphicLayer="LAYER", TextObjectSequence=[label])
        self.clean(instance("1.2.840.10008.5.1.4.1.1.11.1", "PR", GraphicAnnotationSequence=[layer],
                            ContentLabel=mark("LABEL"), ContentDescription=mark("DESC"),
                            ContentCreatorName=mark("CREATOR") + "^A"), name="pr")

    def test_a_waveform_keeps_its_samples_and_loses_annotations(self):
        channel = item(ChannelLabel=mark("CHANNEL"))
        group = item(MultiplexGroupLabel=mark("GROUP"), ChannelDefinitionSequence=[channel],
                     NumberOfWaveformChannels=1, NumberOfWaveformSamples=12,
                     WaveformBitsAllocated=8, WaveformSampleInterpretation="SB")
        group.WaveformData = bytes(range(12))
        group["WaveformData"].VR = "OB"
        made = instance("1.2.840.10008.5.1.4.1.1.9.1.1", "ECG", WaveformSequence=[group],
                        WaveformAnnotationSequence=[item(UnformattedTextValue=mark("NOTE"))])
        after, _ = self.clean(made)
        self.assertEqual(after.WaveformSequence[0].WaveformData, bytes(range(12)))

    # Slides

    def test_a_slide_loses_barcode_labels_and_the_texts_of_its_colour_profile(self):
        profile = bytes(36) + b"acsp" + bytes(88) + struct.pack(">I", 1)
        profile += b"desc" + struct.pack(">II", 144, 24) + b"desc" + bytes(4) + b"CANARYICCTEXT!!!"
        profile = struct.pack(">I", len(profile)) + profile[4:]
        path = item(OpticalPathIdentifier="1", ICCProfile=profile)
        specimen = item(SpecimenIdentifier=mark("SPECIMEN"), SpecimenUID="1.2.3.9")
        made = with_pixels(instance(SLIDE, "SM", ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
                                    BarcodeValue=mark("BARCODE"), LabelText=mark("LABEL"),
                                    ContainerIdentifier=mark("CONTAINER"),
                                    OpticalPathSequence=[path],
                                    SpecimenDescriptionSequence=[specimen]), colour=True)
        after, _ = self.clean(made)
        self.assertEqual(len(after.OpticalPathSequence[0].ICCProfile), len(profile))

    def test_the_label_and_the_overview_of_a_slide_are_withheld(self):
        for kind in ("LABEL", "OVERVIEW"):
            with self.subTest(kind):
                made = with_pixels(instance(SLIDE, "SM",
                                            ImageType=["ORIGINAL", "PRIMARY", kind, "NONE"]))
                entry, _ = self.run_one(made, name=kind)
                self.assertEqual((entry["outcome"], entry["reason"]), ("withheld", "slide-label"))

    def test_groups_of_microscopy_annotations(self):
        group = item(AnnotationGroupNumber=1, AnnotationGroupLabel=mark("LABEL"),
                     AnnotationGroupDescription=mark("DESC"))
        self.clean(instance("1.2.840.10008.5.1.4.1.1.91.1", "ANN", AnnotationGroupSequence=[group]))

    # What nothing can look into

    def test_documents_and_videos_are_withheld(self):
        for number in range(1, 5):  # PDF, CDA, STL, OBJ
            with self.subTest(number):
                made = instance(f"1.2.840.10008.5.1.4.1.1.104.{number}", "DOC",
                                EncapsulatedDocument=b"CANARYDOCUMENT")
                entry, _ = self.run_one(made, name=f"document{number}")
                self.assertEqual(entry["reason"], "encapsulated-document")
        video = with_pixels(instance("1.2.840.10008.5.1.4.1.1.77.1.1.1", "ES", syntax=MPEG4HP41),
                            colour=True, fragments=[b"\0\0\0\x18ftypCANARYVIDEO!"])
        self.assert_withheld(video, "video")

    # Places beside the image

    def test_every_hiding_place_of_an_image(self):
        icon = with_pixels(Dataset(), 8)
        icon.PixelData = b"CANARYICON" + bytes(54)
        inner = item(PatientName=mark("INNER"))
        made = with_pixels(instance(US, "US", IconImageSequence=[icon],
                                    DerivationDescription=mark("DERIVED")))
        for tag, vr, value in (
                (0x00081030, "UN", b"CANARYUNKNOWNVR "), (0x00190010, "LO", mark("CREATOR")),
                (0x00191001, "UN", b"CANARYPRIVATEUN "), (0x00290010, "LO", "ACME"),
                (0x00291010, "SQ", Sequence([inner])), (0x00209999, "LO", mark("NOTAG")),
                (0x04000561, "SQ", Sequence([inner])), (0x00400275, "SQ", Sequence([inner])),
                (0x50003000, "OW", b"CANARYCURVE!"), (0x60003000, "OW", b"CANARYOVERLY"),
                (0x60004000, "LT", mark("OVERLAYNOTE")), (0x7FE10010, "OB", b"CANARYGROUP7FE1 "),
                (0xFFFCFFFC, "OB", b"CANARYTRAILPAD")):
            made.add_new(tag, vr, value)
        stream = io.BytesIO()
        made.save_as(stream, write_like_original=False)
        folder = self.scratch / "places"
        folder.mkdir()
        content = b"CANARYPREAMBLE" + stream.getvalue()[14:] + b"CANARYTRAILINGBYTES!"
        (folder / "file.dcm").write_bytes(content)
        self.assertGreaterEqual(len(marks_in(content)), 14)
        entry, written = self.run_folder(folder)[0]
        self.assertEqual(entry["outcome"], "written", entry)
        self.assertEqual(marks_in(written), [])

    # Studies whose files do not belong together

    def test_a_study_of_two_patients_is_withheld_and_others_go_on(self):
        folder = self.scratch / "mixed"
        folder.mkdir()
        for number, who in enumerate(("A-1", "B-2")):
            made = with_pixels(instance(US, "US", number))
            made.PatientID = who
            made.save_as(folder / f"{number}.dcm", write_like_original=False)
        other = with_pixels(instance(US, "US", 7, study="1.2.3.77"))
        other.save_as(folder / "other.dcm", write_like_original=False)
        outcomes = [(e["outcome"], e.get("reason")) for e, _ in self.run_folder(folder)]
        self.assertEqual(outcomes, [("withheld", "two-patients")] * 2 + [("written", None)])

    def test_one_patient_spelt_in_two_ways_stays_one(self):
        folder = self.scratch / "spelt"
        folder.mkdir()
        for number, who in enumerate(("abc 12", " ABC 12 ", "")):
            made = with_pixels(instance(US, "US", number))
            made.PatientID = who
            made.save_as(folder / f"{number}.dcm", write_like_original=False)
        written = [pydicom.dcmread(io.BytesIO(content)) for _, content in self.run_folder(folder)]
        self.assertEqual(len(written), 3)
        self.assertEqual(len({str(made.PatientID) for made in written} - {""}), 1)

    def test_of_two_contents_under_one_instance_uid_one_is_written_whatever_their_names(self):
        outputs = []
        for names in (("a", "b"), ("b", "a")):
            folder = self.scratch / ("order-" + names[0])
            folder.mkdir()
            for name, shade in zip(names, (1, 2)):
                made = with_pixels(instance(US, "US"))
                made.PixelData = bytes([shade]) * 4096
                made.save_as(folder / f"{name}.dcm", write_like_original=False)
            records = [entry for entry, _ in self.run_folder(folder)]
            self.assertEqual(sorted(e.get("reason", "") for e in records),
                             ["", "duplicate-instance"])
            outputs.append({path: digest for path, digest in
                            tree(self.scratch / (folder.name + "-out")).items()
                            if path.endswith(".dcm")})
        self.assertEqual(outputs[0], outputs[1])


if __name__ == "__main__":
    unittest.main()
