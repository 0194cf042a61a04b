"""Real images as voxels and an affine: NIfTI, DICOM series, the raw CT of vtk.js.

What it is for: originals and outputs on one grid, for the judge. World frame: RAS mm.
What it does not do: decide anything; DICOM is stacked only when the slices are plain and even.
"""
import collections
import gzip
import pathlib

import nibabel
import numpy as np


def read(path):
    """Stored values (first time point), affine."""
    image = nibabel.load(path)
    data = np.asanyarray(image.dataobj)
    return (data[..., 0] if data.ndim == 4 else data), image.affine


def write(path, data, affine):
    """A NIfTI without scaling; both forms say where the voxels are. float64 becomes float32."""
    data = data.astype(np.float32) if data.dtype == np.float64 else np.ascontiguousarray(data)
    image = nibabel.Nifti1Image(data, affine)
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def slices(paths):
    """DICOM files of one series by place: array [row, column, slice] and affine."""
    import pydicom
    files = [pydicom.dcmread(p) for p in paths]
    row, column = (np.array(files[0].ImageOrientationPatient[k:k + 3], float) for k in (0, 3))
    normal = np.cross(row, column)
    files.sort(key=lambda f: float(normal @ np.array(f.ImagePositionPatient, float)))
    first, last = (np.array(f.ImagePositionPatient, float) for f in (files[0], files[-1]))
    affine = np.eye(4)
    affine[:3, 0] = column * float(files[0].PixelSpacing[0])
    affine[:3, 1] = row * float(files[0].PixelSpacing[1])
    affine[:3, 2] = (last - first) / (len(files) - 1)
    affine[:3, 3] = first
    affine[:2] *= -1
    return np.stack([f.pixel_array for f in files], -1), affine


def series(folder):
    """Series description -> paths of its files, for every DICOM image below a folder."""
    import pydicom
    found = collections.defaultdict(list)
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            if "ImagePositionPatient" in header:
                found[str(header.get("SeriesDescription", header.SeriesInstanceUID))].append(path)
    return found


def headsq(folder):
    """vtk.js's CT in Hounsfield units: its slices run head-down, its rows to the right."""
    (path,) = (pathlib.Path(folder) / "headsq.vti" / "data").glob("*.gz")
    raw = np.frombuffer(gzip.decompress(path.read_bytes()), "<i2").reshape(93, 64, 64)
    return raw.transpose(2, 1, 0)[:, :, ::-1] - np.int16(1000), np.diag([-3.2, 3.2, 1.5, 1.0])
