"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.session.keras.preprocessing.images.files import array_to_img as array_to_img
from sessile.session.keras.preprocessing.images.files import img_to_array as img_to_array
from sessile.session.keras.preprocessing.images.files import load_img as load_img
from sessile.session.keras.preprocessing.images.files import save_img as save_img
from sessile.session.keras.preprocessing.images.folders import DirectoryIterator as DirectoryIterator
from sessile.session.keras.preprocessing.images.generator import ImageDataGenerator as ImageDataGenerator
from sessile.session.keras.preprocessing.images.iterators import Iterator as Iterator
from sessile.session.keras.preprocessing.images.iterators import NumpyArrayIterator as NumpyArrayIterator
from sessile.session.keras.preprocessing.images.transforms import apply_affine_transform as apply_affine_transform
from sessile.session.keras.preprocessing.images.transforms import apply_brightness_shift as apply_brightness_shift
from sessile.session.keras.preprocessing.images.transforms import apply_channel_shift as apply_channel_shift
from sessile.session.keras.preprocessing.images.transforms import random_brightness as random_brightness
from sessile.session.keras.preprocessing.images.transforms import random_channel_shift as random_channel_shift
from sessile.session.keras.preprocessing.images.transforms import random_rotation as random_rotation
from sessile.session.keras.preprocessing.images.transforms import random_shear as random_shear
from sessile.session.keras.preprocessing.images.transforms import random_shift as random_shift
from sessile.session.keras.preprocessing.images.transforms import random_zoom as random_zoom
