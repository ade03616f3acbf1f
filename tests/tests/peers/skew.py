"""Turns real pages by known angles and asks Leptonica for each: lines of path, angle, found, ms.

Arguments: a folder to write grey pictures to, then pages. A page called NAME:COUNT keeps only
COUNT pieces of lines. Angles are in degrees, falling to the right.
"""

import ctypes
import os
import random
import sys
import time

from PIL import Image, ImageChops, ImageFilter

ANGLES = [-7, -5.1, -2.6, -0.4, 0, 0.2, 1.7, 4.4, 6.2]

leptonica = ctypes.CDLL("liblept.so.5")
pix = ctypes.c_void_p
for name, arguments in [("pixRead", [ctypes.c_char_p]), ("pixConvertTo8", [pix, ctypes.c_int]),
                        ("pixConvertTo1", [pix, ctypes.c_int])]:
    getattr(leptonica, name).restype = pix
    getattr(leptonica, name).argtypes = arguments
number = ctypes.POINTER(ctypes.c_float)
leptonica.pixFindSkew.argtypes = [pix, number, number]
leptonica.setMsgSeverity(6)


def skew(path):
    """Degrees and milliseconds from grey pixels; no degrees where Leptonica is not sure."""
    grey = leptonica.pixConvertTo8(leptonica.pixRead(path.encode()), 0)
    begun = time.perf_counter()
    angle, sure = ctypes.c_float(), ctypes.c_float()
    leptonica.pixFindSkew(leptonica.pixConvertTo1(grey, 130), angle, sure)
    taken = (time.perf_counter() - begun) * 1000
    return ("-" if sure.value == 0 else f"{-angle.value:.4f}"), taken


def sparse(page, count):
    """The page with nothing left but pieces of so many lines."""
    dice = random.Random(count)
    few = Image.new("L", page.size, 255)
    width, height = page.size
    while count > 0:
        x, y = dice.randrange(width // 10, width // 2), dice.randrange(height // 10, height * 8 // 10)
        piece = page.crop((x, y, x + dice.randrange(width // 6, width // 3), y + 50))
        dark = sum(piece.histogram()[:128]) / (piece.width * piece.height)
        if 0.03 < dark < 0.3:
            few.paste(piece, (x, y))
            count -= 1
    return few


def worn(page, dice):
    """Blurred a little, with the noise of a scanner."""
    noise = Image.frombytes("L", page.size, dice.randbytes(page.width * page.height))
    noise = noise.point([128 + (level - 128) // 8 for level in range(256)])
    return ImageChops.add(page.filter(ImageFilter.GaussianBlur(0.8)), noise, 1, -128)


for index, name in enumerate(sys.argv[2:]):
    path, _, count = name.partition(":")
    page = Image.open(path).convert("L")
    if count:
        page = sparse(page, int(count))
    dice = random.Random(1)
    for angle in ANGLES:
        out = os.path.join(sys.argv[1], f"{index}-{angle}.pgm")
        worn(page.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=245), dice).save(out)
        print(out, angle, *skew(out))
