"""Images as bytes: PNG, JPEG, GIF, BMP. Decoding, and encoding of JPEG, take Pillow (an extra)."""

from __future__ import annotations

import io
import struct
from typing import Any, NamedTuple

import numpy as np

from ...base.errors import InvalidArgumentError, UnimplementedError
from ...building.build import build
from ...building.default_graph import leave_out
from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import scalar_shape
from ...formats.image_reader import decode_bmp as bmp_pixels
from ...formats.image_reader import decode_deep, is_deep, jpeg_colours
from ...formats.png import encode_png as png_bytes
from ...graph.node import Tensor
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.tensor_shape import brackets
from ..elementwise.cast import cast

_GRAY_WEIGHTS = (9797, 19234, 3737)  # 0.299, 0.587, 0.114 of 32768
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise UnimplementedError(
            None, None, "Images are decoded by Pillow, which is not installed: pip install 'sessile[images]'."
        ) from error
    return Image


def _opened(contents: Any, kinds: tuple[str, ...], what: str) -> Any:
    pillow = _pillow()
    data = contents.item()
    try:
        image = pillow.open(io.BytesIO(data))
        image.load()
    except Exception as error:
        raise InvalidArgumentError(None, None, f"Invalid {what} data, size {len(data)}") from error
    if image.format not in kinds:
        raise InvalidArgumentError(None, None, f"Expected image ({' or '.join(kinds)}), got {image.format}")
    return image


def _pixels(image: Any, channels: int, dtype: Any) -> Any:
    if image.mode.startswith("I") and not channels or image.mode == "I;16":  # 16 bits
        array = np.asarray(image).astype(np.uint16)[..., None]
        return array if dtype is dtypes.uint16 else (array >> 8).astype(np.uint8)
    if not channels:
        channels = {"L": 1, "1": 1, "LA": 2, "RGBA": 4, "P": 4 if "transparency" in image.info else 3}.get(
            image.mode, 3
        )
    if channels not in _MODES:
        raise InvalidArgumentError(None, None, f"channels must be 0, 1, 3, or 4, got {channels}")
    if channels == 1 and image.format == "PNG" and image.mode in ("RGB", "RGBA", "P"):
        array = _gray(np.asarray(image.convert("RGB")))
    else:
        array = np.asarray(image.convert(_MODES[channels]))
    array = array[..., None] if array.ndim == 2 else array
    return array.astype(np.uint16) * 257 if dtype is dtypes.uint16 else array


def _channels_shape(query: Any) -> Any:
    if query.attrs["channels"] < 0:
        raise ValueError(f"channels must be non-negative, got {query.attrs['channels']}")
    return (None, None, query.attrs["channels"] or None)


def _deep_pixels(data: bytes, channels: int, dtype: Any) -> Any:
    """The pixels of a PNG image of 16 bits; they are converted as libpng does it."""
    try:
        image = decode_deep(data)
    except ValueError as error:
        raise InvalidArgumentError(None, None, f"Invalid PNG data, size {len(data)}") from error
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(None, None, f"channels must be 0, 1, 3, or 4, got {channels}")
    there = image.shape[2]
    channels = channels or there
    colours, alpha = image[..., : there - (there in (2, 4))], image[..., there - 1 :]
    if channels == 1 and there > 2:
        colours = _gray(colours)
    elif channels > 2 and there < 3:
        colours = np.repeat(colours, 3, axis=2)
    if channels in (2, 4):
        alpha = alpha if there in (2, 4) else np.full_like(image[..., :1], 65535)
        colours = np.concatenate([colours, alpha], axis=2)
    return colours if dtype is dtypes.uint16 else (colours >> 8).astype(np.uint8)


def _gray(colours: Any) -> Any:
    """The brightness of colours by libpng's weights: of 16 bits rounded, of 8 cut off; gray ones stay as they are."""
    parts = colours.astype(np.int64) @ np.array(_GRAY_WEIGHTS)
    if colours.dtype == np.uint16:
        parts += 1 << 14
    same = (colours == colours[..., :1]).all(-1)
    return np.where(same, colours[..., 0], parts >> 15).astype(colours.dtype)[..., None]


def _decode_png_kernel(contents: Any, *, channels: int, dtype: Any) -> Any:
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(None, None, f"channels must be 0, 1, 3, or 4, got {channels}")
    if contents.item()[:3] == _JPEG and dtype is dtypes.uint8:  # which TensorFlow takes as well
        return jpeg_pixels(contents, channels, JpegWays())
    if is_deep(contents.item()):
        return _deep_pixels(contents.item(), channels, dtype)
    return _pixels(_opened(contents, ("PNG",), "PNG"), channels, dtype)


DECODE_PNG = OpDef(
    name="DecodePng",
    signature="contents: string -> image: dtype",
    where={"dtype": (dtypes.uint8, dtypes.uint16)},
    attrs={"channels": ("int", 0), "dtype": ("type", dtypes.uint8)},
    shape=ranked(_channels_shape, 0),
    kernel=_decode_png_kernel,
)


_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_METHODS = (b"", b"INTEGER_FAST", b"INTEGER_ACCURATE")


class JpegWays(NamedTuple):
    """How a JPEG image is decoded: attributes of `DecodeJpeg`."""

    ratio: int = 1
    fancy_upscaling: bool = True
    try_recover_truncated: bool = False
    dct_method: bytes = b""


def _check_jpeg(channels: int, ways: JpegWays) -> None:
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(None, None, f"channels must be 0, 1, 3, or 4, got {channels}")
    if ways.ratio not in (1, 2, 4, 8):
        raise InvalidArgumentError(None, None, f"ratio must be 1, 2, 4, or 8, got {ways.ratio}")
    if ways.dct_method not in _METHODS:
        raise InvalidArgumentError(None, None, "dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


def jpeg_pixels(contents: Any, channels: int, ways: JpegWays) -> Any:
    """The pixels of a JPEG image, or of another as `decode_jpeg` takes it."""
    _check_jpeg(channels, ways)
    data = contents.item()
    if data[:3] != _JPEG:
        return _pixels(_opened(contents, ("PNG", "GIF", "BMP"), "JPEG"), channels, dtypes.uint8)
    if channels == 4:
        raise InvalidArgumentError(None, None, "channels must be 0, 1, or 3 for JPEG, got 4")
    if ways.try_recover_truncated:
        data += _JPEG_END
    image = opened_jpeg(contents, io.BytesIO(data))
    if channels == 1 and image.mode == "CMYK":
        raise InvalidArgumentError(None, None, f"Invalid JPEG data, size {len(data)}: CMYK has no grays")
    try:
        array = _decoded_jpeg(image, channels, ways)
    except Exception as error:
        raise InvalidArgumentError(None, None, f"Invalid JPEG data, size {len(data)}") from error
    array = array[..., None] if array.ndim == 2 else array
    return np.repeat(array, 3, axis=2) if channels == 3 and array.shape[2] == 1 else array


def _decoded_jpeg(image: Any, channels: int, ways: JpegWays) -> Any:
    """What libjpeg makes of a file by its fast transform, as in TensorFlow, or by its accurate one.

    Pillow has the fast one with colours that are not interpolated, which is done here, and the accurate one with
    colours that are.
    """
    is_accurate = ways.dct_method == b"INTEGER_ACCURATE"
    steps = tuple(image.layer[0][1:3]) if image.mode == "RGB" and image.info.get("adobe_transform") != 0 else (1, 1)
    is_halved = (steps == (2, 1) and ways.ratio < 8 or steps == (2, 2) and ways.ratio == 1) and image.width > 4
    is_halved = is_halved and channels != 1
    is_smooth = is_halved and ways.fancy_upscaling and not is_accurate
    wanted = "L" if channels == 1 else "YCbCr" if is_smooth else None
    share = 0.999 / ways.ratio  # Pillow takes the largest ratio with which an image stays as large as this
    image.draft(wanted, (image.width * share, image.height * share))
    image.decoderconfig = (ways.ratio, int(not is_accurate or is_halved and not ways.fancy_upscaling))
    if is_smooth:
        return jpeg_colours(np.asarray(image), steps == (2, 2))
    array = np.asarray(image)
    if image.mode == "CMYK":
        array = 255 - array.astype(np.int32)
        array = array[..., :3] * array[..., 3:] // 255
    return array.astype(np.uint8)


def opened_jpeg(contents: Any, file: Any) -> Any:
    """A JPEG image whose pixels are not decoded."""
    try:
        return _pillow().open(file, formats=["JPEG"])
    except UnimplementedError:
        raise
    except Exception as error:
        raise InvalidArgumentError(None, None, f"Invalid JPEG data, size {len(contents.item())}") from error


def _decode_jpeg_kernel(
    contents: Any, *, channels: int, ratio: int, fancy_upscaling: bool, try_recover_truncated: bool, dct_method: bytes
) -> Any:
    return jpeg_pixels(contents, channels, JpegWays(ratio, fancy_upscaling, try_recover_truncated, dct_method))


DECODE_JPEG = OpDef(
    name="DecodeJpeg",
    signature="contents: string -> image: uint8",
    attrs={
        "channels": ("int", 0), "ratio": ("int", 1), "fancy_upscaling": ("bool", True),
        "try_recover_truncated": ("bool", False), "acceptable_fraction": ("float", 1), "dct_method": ("string", b""),
    },
    shape=ranked(_channels_shape, 0),
    kernel=_decode_jpeg_kernel,
)  # fmt: skip


def _decode_gif_kernel(contents: Any) -> Any:
    image = _opened(contents, ("GIF",), "GIF")
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(np.asarray(image.convert("RGB")))
    return np.stack(frames)


DECODE_GIF = OpDef(
    name="DecodeGif",
    signature="contents: string -> image: uint8",
    shape=ranked(lambda q: (None, None, None, 3), 0),
    kernel=_decode_gif_kernel,
)


def _bmp_pixels(contents: Any, channels: int) -> Any:
    if channels not in (0, 1, 3, 4):
        raise InvalidArgumentError(None, None, f"channels must be 0, 1, 3 or 4, got {channels}")
    data = contents.item()
    if data[:2] != b"BM":
        raise InvalidArgumentError(None, None, f"Expected image (BMP), got {data[:2]!r}")
    return bmp_pixels(data, channels)


DECODE_BMP = OpDef(
    name="DecodeBmp",
    signature="contents: string -> image: uint8",
    attrs={"channels": ("int", 0)},
    shape=ranked(_channels_shape, 0),
    kernel=lambda contents, *, channels: _bmp_pixels(contents, channels),
)


def _decode_image_kernel(contents: Any, *, channels: int, dtype: Any, expand_animations: bool) -> Any:
    if contents.item()[:2] == b"BM":
        array = _bmp_pixels(contents, channels)
        array = array.astype(np.uint16) * 257 if dtype is dtypes.uint16 else array
    elif contents.item()[:3] == _JPEG:
        array = jpeg_pixels(contents, channels, JpegWays())
        array = array.astype(np.uint16) * 257 if dtype is dtypes.uint16 else array
    elif is_deep(contents.item()):
        array = _deep_pixels(contents.item(), channels, dtype)
    elif (image := _opened(contents, ("PNG", "GIF"), "image")).format == "GIF" and expand_animations:
        array = _decode_gif_kernel(contents)
    else:
        array = _pixels(image, channels, dtypes.uint16 if dtype is dtypes.uint16 else dtypes.uint8)
    if dtype.is_floating:
        return array.astype(dtype.np_dtype) * np.asarray(1 / 255, dtype.np_dtype)
    return array.astype(dtype.np_dtype)


DECODE_IMAGE = OpDef(
    name="DecodeImage",
    signature="contents: string -> image: dtype",
    where={"dtype": (dtypes.uint8, dtypes.uint16, dtypes.float32)},
    attrs={"channels": ("int", 0), "dtype": ("type", dtypes.uint8), "expand_animations": ("bool", True)},
    shape=lambda q: None if q.attrs["expand_animations"] else _channels_shape(q),
    kernel=_decode_image_kernel,
)


def _text(data: bytes) -> Any:
    array = np.empty((), object)
    array[()] = data
    return array


def _png_kernel(image: Any, *, compression: int) -> Any:
    if not -1 <= compression <= 9:
        raise ValueError(f"compression should be in [-1,9], got {compression}")
    return _text(png_bytes(image, compression))


ENCODE_PNG = OpDef(
    name="EncodePng",
    signature="image: T -> contents: string",
    where={"T": (dtypes.uint8, dtypes.uint16)},
    attrs={"T": ("type", dtypes.uint8), "compression": ("int", -1)},
    shape=ranked(scalar_shape, 3),
    kernel=_png_kernel,
)


_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_UNITS = {b"in": 1, b"cm": 2}
_HEADER = struct.Struct(">BHH")  # unit and densities, at byte 13 of a file that begins with a JFIF segment


def jpeg_bytes(image: Any, quality: int, progressive: bool = False, optimize_size: bool = False, **options: Any) -> Any:
    """The bytes of an image as JPEG, a string scalar.

    Args:
      options: attributes of `EncodeJpeg`; those left out have its defaults.
    Raises: ValueError for another quality, or an image that is not of the format.
    """
    if not 0 <= quality <= 100:
        raise ValueError(f"quality must be in [0,100], got {quality}")
    if image.ndim != 3 or image.shape[2] not in (1, 3):
        raise ValueError(f"image must have 1 or 3 channels, got {brackets(image.shape)}")
    format = options.get("format", b"")
    wanted = {b"": image.shape[2], b"grayscale": 1, b"rgb": 3}[format]
    if image.shape[2] != wanted:
        raise ValueError(f"format {format.decode()} expects {wanted} channels, got {brackets(image.shape)}")
    file = io.BytesIO()
    pixels = image[..., 0] if wanted == 1 else image
    samples = {} if wanted == 1 else {"subsampling": 2 if options.get("chroma_downsampling", True) else 0}
    _pillow().fromarray(pixels).save(
        file, "JPEG", quality=quality, progressive=progressive, optimize=optimize_size, **samples
    )
    data = bytearray(file.getvalue())
    densities = (options.get(f"{axis}_density", 300) & 0xFFFF for axis in "xy")
    _HEADER.pack_into(data, 13, _UNITS[options.get("density_unit", b"in")], *densities)
    metadata = options.get("xmp_metadata", b"")
    if metadata:  # a segment behind the first one, which ends at byte 20
        data[20:20] = b"\xff\xe1" + struct.pack(">H", 2 + len(_XMP) + len(metadata)) + _XMP + metadata
    return _text(bytes(data))


def _encode_kernel(
    image: Any, *, format: Any, quality: int, progressive: bool, optimize_size: bool, chroma_downsampling: bool,
    density_unit: Any, x_density: int, y_density: int, xmp_metadata: Any,
) -> Any:  # fmt: skip
    return jpeg_bytes(
        image, quality, progressive, optimize_size, format=format, chroma_downsampling=chroma_downsampling,
        density_unit=density_unit, x_density=x_density, y_density=y_density, xmp_metadata=xmp_metadata,
    )  # fmt: skip


ENCODE_JPEG = OpDef(
    name="EncodeJpeg",
    signature="image: uint8 -> contents: string",
    attrs={
        "format": ("string", b""), "quality": ("int", 95), "progressive": ("bool", False),
        "optimize_size": ("bool", False), "chroma_downsampling": ("bool", True), "density_unit": ("string", b"in"),
        "x_density": ("int", 300), "y_density": ("int", 300), "xmp_metadata": ("string", b""),
    },
    where={"format": (b"", b"grayscale", b"rgb"), "density_unit": (b"in", b"cm")},
    shape=ranked(scalar_shape, 3),
    kernel=_encode_kernel,
)  # fmt: skip


def decode_png(contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None) -> Tensor:
    """Return the pixels of a PNG image, [height, width, channels].

    Args:
      contents: the bytes, a string scalar.
      channels: how many are wanted; 0: those of the image.
      dtype: uint8 or uint16.
    """
    result: Tensor = build(DECODE_PNG, contents, channels=channels or 0, dtype=dtype, name=name)
    return result


def decode_jpeg(
    contents: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True, try_recover_truncated: bool = False,
    acceptable_fraction: float = 1, dct_method: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the pixels of a JPEG image, uint8 [height, width, channels].

    Args:
      contents: the bytes, a string scalar.
      channels: how many are wanted, 1 or 3; 0: those of the image.
      ratio: 1, 2, 4 or 8: how much smaller the image gets.
      fancy_upscaling: whether colours of half the resolution are interpolated.
      try_recover_truncated: whether a file that ends early is an image, gray from there on.
      acceptable_fraction: has no say: libjpeg fills all lines.
      dct_method: "INTEGER_ACCURATE", or "INTEGER_FAST", which is the default. Without interpolation, colours of half
        the resolution have the fast one's values.
    Raises when run: InvalidArgumentError for bytes that are no image, or other values than these.
    """
    result: Tensor = build(
        DECODE_JPEG, contents, channels=channels or 0, ratio=ratio or 1, fancy_upscaling=bool(fancy_upscaling),
        try_recover_truncated=bool(try_recover_truncated), acceptable_fraction=float(acceptable_fraction),
        dct_method=as_bytes(dct_method), name=name,
    )  # fmt: skip
    return result


def decode_gif(contents: Any, name: str | None = None) -> Tensor:
    """Return the frames of a GIF image, uint8 [frames, height, width, 3]."""
    result: Tensor = build(DECODE_GIF, contents, name=name)
    return result


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """Return the pixels of a BMP image, uint8 [height, width, channels]."""
    result: Tensor = build(DECODE_BMP, contents, channels=channels or 0, name=name)
    return result


def decode_image(
    contents: Any, channels: Any = None, dtype: Any = dtypes.uint8, name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:  # fmt: skip
    """Return the pixels of a PNG, JPEG, GIF or BMP image; frames of a GIF, unless `expand_animations` is False.

    Args:
      contents: the file's bytes, a scalar string.
      channels: 1, 3 or 4; None or 0: as many as the file has.
      dtype: uint8, uint16, or floating point, which lies in [0, 1].
    Raises: ValueError for another number of channels than None, 0, 1, 3 or 4.
    """
    if channels not in (None, 0, 1, 3, 4):
        raise ValueError(f"tf.image.decode_image: channels must be None, 0, 1, 3 or 4, not {channels!r}.")
    wanted = dtypes.as_dtype(dtype)
    made = dtypes.float32 if wanted.is_floating else wanted
    result: Tensor = build(
        DECODE_IMAGE, contents, channels=channels or 0, dtype=made, expand_animations=expand_animations, name=name
    )
    # There it is a branch for each format, each with its conversion of the type.
    leave_out(
        75 + (0 if expand_animations else 3) + (8 if made is dtypes.float32 else 6 if made != dtypes.uint8 else 0)
    )
    if made is not wanted:
        result = cast(result, wanted)
        leave_out(-1)
    return result


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """Return an image, uint8 or uint16 [height, width, channels], as the bytes of a PNG."""
    result: Tensor = build(ENCODE_PNG, image, compression=compression, name=name)
    return result


def encode_jpeg(
    image: Any, format: str = "", quality: int = 95, progressive: bool = False, optimize_size: bool = False,
    chroma_downsampling: bool = True, density_unit: str = "in", x_density: int = 300, y_density: int = 300,
    xmp_metadata: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return an image, uint8 [height, width, 1 or 3], as the bytes of a JPEG.

    Args:
      format: "", or what the image has to be: "grayscale" or "rgb".
      quality: 0 to 100.
      progressive, optimize_size: whether it shows in passes, whether it is made small at the cost of time.
      chroma_downsampling: whether colours have half the resolution.
      density_unit, x_density, y_density: "in" or "cm", and how many pixels there are in one.
      xmp_metadata: what is written in the file besides.
    Raises when run: InvalidArgumentError for another quality, or an image that is not of the format.
    """
    result: Tensor = build(
        ENCODE_JPEG, image, format=as_bytes(format), quality=quality, progressive=progressive,
        optimize_size=optimize_size, chroma_downsampling=chroma_downsampling, density_unit=as_bytes(density_unit),
        x_density=x_density, y_density=y_density, xmp_metadata=as_bytes(xmp_metadata), name=name,
    )  # fmt: skip
    return result
