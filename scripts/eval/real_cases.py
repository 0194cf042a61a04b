"""The real volumes: those with landmarks, other heads, what is no head.

What it is for: names, files, expectations. What it does not do: run anything. DATA is the folder that
shared/data/unpack.sh fills; volumes that are missing there are left out, by name.
"""
import dataclasses
import json
import pathlib

import images


@dataclasses.dataclass
class Head:
    """A real volume with landmarks."""
    name: str
    landmarks: dict
    inputs: list  # what the program is given
    source: object  # NIfTI path, or (paths of a DICOM series), or None: made of voxels below
    voxels: tuple = None  # data, affine

    def original(self):
        if self.voxels is None:
            self.voxels = images.read(self.source) if isinstance(self.source, pathlib.Path) \
                else images.slices(self.source)
        return self.voxels


NIFTI = {"uih T1": ("uih_umr770_T1_B", "uih_umr770_T1_B_1mm.nii.gz"),
         "bisweb T1 2 mm": ("bisweb_sag_2mm", "mri_bisweb/sag_2mm.nii.gz"),
         "torchio T2": ("torchio_fernando_t2", "mri_torchio_fernando/t2.nii.gz")}
DICOM = {"adi T1": ("fnndsc_adi_T1_trio", "MPRAGE"), "adi T2": ("fnndsc_adi_T2_trio", "T2")}


def heads(data, shared):
    """Every real volume with landmarks; the DICOM series are given as one study, as they came."""
    marks = lambda name: json.loads((shared / "eval/landmarks" / f"{name}.json").read_text())
    found = []
    for name, (landmarks, path) in NIFTI.items():
        if (data / path).exists():
            found.append(Head(name, marks(landmarks), [data / path], data / path))
    study = data / "mri_fnndsc_data"
    if study.is_dir():
        series = images.series(study)
        for name, (landmarks, text) in DICOM.items():
            (paths,) = [p for d, p in series.items() if text in d]
            found.append(Head(name, marks(landmarks), [study], paths))
    if (data / "ct_vtkjs_headsq").is_dir():
        found.append(Head("headsq CT", marks("vtkjs_headsq_CT"), [], None,
                          images.headsq(data / "ct_vtkjs_headsq")))
    return found


# name, path below DATA, what is in view, by eye: "face" (any of its parts), "none", "?" (unknown)
OTHERS = [
    ("failed defacing (bisweb)", "mri_bisweb/sag_2mm_defaced.nii.gz", "face"),
    ("seg3d T1, cut above the nose tip", "mri_seg3d/MR.nii.gz", "face"),
    ("MNI average head", "template_mni_ext/MNI152_T1_2mmEXT.nii.gz", "face"),
    ("papaya PD, 7 mm", "mri_papaya_PD/PD_axial", "face"),
    ("GE CT, tilted", "ct_dcm_qa_ct/GE", "face"),
    ("Siemens XA30 T1", "dicom_vendor_siemens_xa30/5_anat-T1w_acq-tfl", "face"),
    ("Siemens XA30 field map", "dicom_vendor_siemens_xa30/8_gre_field_mapping", "?"),
    ("Siemens XA30 ASL 25", "dicom_vendor_siemens_xa30/25_asl_2d_tra", "?"),
    ("Siemens XA30 ASL 27", "dicom_vendor_siemens_xa30/27_asl_2d_tra", "?"),
    ("Siemens XA30 ASL 28", "dicom_vendor_siemens_xa30/28_asl_2d_tra", "?"),
    ("Canon DWI", "dicom_vendor_canon", "?"),
    ("GE field map", "dicom_vendor_fmap/GE", "?"),
    ("Philips field map", "dicom_vendor_enh/Philips", "?"),
    ("Agfa/Siemens Vida EPI", "dicom_vendor_agfa", "?"),
    ("nibabel MPRAGE, pixels zeroed", "dicom_nibabel", "none")]
# folders of many short series: counted by outcome
VARIETY = ["dicom_pydicom", "dicom_cornerstone", "dicom_dcmqi", "dicom_highdicom", "dicom_dicomparser",
           "dicom_heudiconv", "dicom_deid_data", "dicom_vendor_12bit", "dicom_vendor_deident",
           "dicom_vendor_nih_ge_si", "dicom_vendor_siemens_frag", "dicom_vendor_toshiba"]


def others(data):
    return [(n, data / p, e) for n, p, e in OTHERS if (data / p).exists()]


def variety(data):
    return [data / p for p in VARIETY if (data / p).is_dir()]


def missing(data):
    return [p for _, p, _ in OTHERS if not (data / p).exists()] + [
        p for p in VARIETY if not (data / p).is_dir()]
