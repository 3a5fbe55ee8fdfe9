"""Images of digits, drawn here: letters of a small font, shifted, stretched, slanted and with noise.

The same numbers everywhere: pixels are whole 255ths, and NumPy's `RandomState` is the same in all its versions.
"""

from __future__ import annotations

import numpy as np

FONT = """
.###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# #...# ..##. #.... #.... ....# #...# #...#
#..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ..##. ..##. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....#
#...# ..#.. #.... #...# ...#. #...# #...# ..#.. #...# ....#
.###. .###. ##### .###. ...#. .###. .###. ..#.. .###. .###.
"""


def glyphs() -> np.ndarray:
    """The ten digits as 11 x 9 pixels of 0 and 1, with an empty border of 2."""
    rows = [line.split() for line in FONT.split("\n") if line]
    drawn = np.array([[[pixel == "#" for pixel in row[digit]] for row in rows] for digit in range(10)], np.float64)
    return np.pad(drawn, ((0, 0), (2, 2), (2, 2)), "constant")


def digits(count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` digits as float32[count, size, size] from 0 to 1, and which ones they are as int32[count]."""
    random = np.random.RandomState(seed)
    labels = random.randint(0, 10, count)
    stretch_y, stretch_x, slant = (random.uniform(low, high, (count, 1, 1)) for low, high in
                                   ((0.8, 1.2), (0.8, 1.2), (-0.25, 0.25)))  # fmt: skip
    shift_y, shift_x = random.uniform(-0.8, 0.8, (2, count, 1, 1))
    axis = (np.arange(size) + 0.5) / size - 0.5
    y = axis[:, None] * 10 * stretch_y + 5 + shift_y
    x = axis[None, :] * 8 * stretch_x + slant * (y - 5) + 4 + shift_x
    ink = between_pixels(glyphs(), labels[:, None, None], np.clip(y, 0, 9.999), np.clip(x, 0, 7.999))
    ink = np.clip(ink + 0.1 * random.uniform(-1, 1, ink.shape), 0, 1)
    return (np.round(ink * 255) / 255).astype(np.float32), labels.astype(np.int32)


def between_pixels(images: np.ndarray, which: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The ink at real coordinates, linear between pixels."""
    y, x = np.broadcast_arrays(y, x)
    top, left = y.astype(int), x.astype(int)
    down, right = y - top, x - left
    above = images[which, top, left] * (1 - right) + images[which, top, left + 1] * right
    below = images[which, top + 1, left] * (1 - right) + images[which, top + 1, left + 1] * right
    return above * (1 - down) + below * down
