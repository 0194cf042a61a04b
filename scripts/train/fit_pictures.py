"""Pictures of the shape model's fits to label maps, to be looked at before a fit is trained on.

What it is for: one PNG a map: its skin and, beside it, the fitted mesh, shaded, from the front, the left and the
right; below them slices of the map with the mesh's outline in red. What it does not do: judge. Needs python3-pil.
All arrays are on the grid of head_volume: x to the left, y posterior, z superior.
"""
import numpy as np
from scipy import ndimage

import head_volume as hv
import real_maps

TILE = 300  # pixels
LIGHT = np.array([-0.35, -0.45, 0.82])  # to the right, down, towards who looks: it comes from above, from the left


def shaded(solid, side):
    """SOLID seen from the "front", "left" or "right": brightness, rows from the vertex down; NaN beside the head."""
    towards = {"front": solid.transpose(1, 0, 2), "left": solid[::-1], "right": solid[:, ::-1]}[side]
    soft = ndimage.gaussian_filter(towards.astype(np.float32), 0.7)
    seen = soft.max(0) > 0.5
    first = np.argmax(soft > 0.5, 0)
    before = np.take_along_axis(soft, np.maximum(first - 1, 0)[None], 0)[0]
    at = np.take_along_axis(soft, first[None], 0)[0]
    depth = first - np.clip((at - 0.5) / np.maximum(at - before, 1e-3), 0, 1)
    depth[~seen] = np.nan
    down, across = np.gradient(depth.T[::-1])
    normal = np.stack([across, down, np.ones_like(down)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.clip(normal @ LIGHT, 0, 1)


def slices(labels, mesh, points):
    """(map, outline of the mesh) through the middle, an eye, the height of the eyes and that of the mouth."""
    outline = mesh & ~ndimage.binary_erosion(mesh)
    eye = hv.to_index(points["eye_left"]).astype(int)
    mouth = hv.to_index(points["mouth"]).astype(int)
    middle = hv.SHAPE[0] // 2
    for a in ((middle,), (eye[0],), (slice(None), slice(None), eye[2]), (slice(None), slice(None), mouth[2])):
        up = len(a) == 1  # sagittal: the vertex is above; axial: the nose is
        yield tuple(v[a].T[::-1] if up else v[a].T for v in (labels, outline))


def enlarged(grey, outline=None):
    """A picture of TILE pixels from brightness 0...1, the outline in red; what is NaN is black."""
    rgb = np.repeat(np.nan_to_num(255 * grey).astype(np.uint8)[..., None], 3, 2)
    if outline is not None:
        rgb[outline] = (255, 40, 40)
    times = min(TILE // n for n in rgb.shape[:2])
    rgb = rgb.repeat(times, 0).repeat(times, 1)
    tile = np.zeros((TILE, TILE, 3), np.uint8)
    tile[:rgb.shape[0], :rgb.shape[1]] = rgb
    return tile


def write(path, name, model, of, found):
    """The picture of one fit; PATH appears when it is whole."""
    from PIL import Image, ImageDraw
    vertices = real_maps.vertices_of(model, found)
    points = hv.facial_points(vertices)
    mesh = hv.solid_head(vertices, model)
    solid = real_maps.upright(of.solid.astype(np.float32), of, found, 2.0, 1) > 0.5
    labels = real_maps.upright(of.labels, of, found)
    skins = [enlarged(shaded(s, side)) for side in ("front", "left", "right") for s in (solid, mesh)]
    cuts = [enlarged(of_map % 37 / 40, outline) for of_map, outline in slices(labels, mesh, points)]
    cuts += [np.zeros_like(cuts[0])] * (len(skins) - len(cuts))
    picture = Image.fromarray(np.vstack([np.hstack(skins), np.hstack(cuts)]))
    ImageDraw.Draw(picture).text((8, 2 * TILE - 20), f"map {name}: median distance to the skin "
                                 f"{found.residual_mm:.2f} mm, scale {found.scale:.3f}", fill="white")
    temporary = path.with_name("tmp_" + path.name)
    picture.save(temporary)
    temporary.replace(path)
