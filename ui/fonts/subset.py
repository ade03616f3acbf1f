#!/usr/bin/env python3
"""Makes the Kiosk Sans fonts of this folder from Noto Sans CJK SC.

Usage: subset.py REGULAR.ttc BOLD.ttc OUT_FOLDER
Needs fonttools and cffsubr (pip) and the collections of Debian's fonts-noto-cjk.
What goes in is decided here and nowhere else; README.md says why.
"""

import os
import sys

import cffsubr
from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

VERSION = "1.000"
FAMILY = "Kiosk Sans"
SOURCE_FAMILY = "Noto Sans CJK SC"
COPYRIGHT = (
    "Copyright 2014-2021 Adobe (http://www.adobe.com/). "
    "Kiosk Sans is a subset of Noto Sans CJK SC with another name."
)
LICENCE = (
    "This Font Software is licensed under the SIL Open Font License, "
    "Version 1.1. See OFL.txt."
)
# A fixed date keeps the files equal from run to run: seconds since 1904.
FIXED_DATE = 3_786_912_000


def block(first, last):
    return set(range(first, last + 1))


def decodable(codec, leads, trails=range(0x40, 0xFF)):
    """Every Han character of a two-byte code within these lead bytes."""
    found = set()
    for lead in leads:
        for trail in trails:
            try:
                text = bytes([lead, trail]).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and ord(text) >= 0x3400:
                found.add(ord(text))
    return found


GB2312_HAN = decodable("gb2312", range(0xB0, 0xF8))
# Big5 level 1 is what Traditional Chinese headings are written with.
BIG5_LEVEL_1_HAN = decodable("big5", range(0xA4, 0xC7))

PLAIN = (
    block(0x20, 0x7E)
    | block(0xA0, 0x17F)
    | block(0x2000, 0x206F)
    | block(0x20A0, 0x20BF)
    | block(0x2190, 0x21FF)
    | block(0x3000, 0x303F)
    | block(0xFF00, 0xFFEF) - block(0xFFA0, 0xFFDC)
)
SYMBOLS = (
    block(0x180, 0x24F)  # Latin Extended-B: pinyin with tone marks
    | block(0x2B0, 0x36F)
    | block(0x370, 0x3FF)
    | block(0x400, 0x45F)
    | block(0x1E00, 0x1EFF)
    | block(0x2070, 0x209F)
    | block(0x2100, 0x218F)
    | block(0x2200, 0x22FF)
    | block(0x2300, 0x23FF)
    | block(0x2460, 0x27BF)
    | block(0x2E80, 0x2FFF)
    | block(0x3040, 0x30FF)
    | block(0x3100, 0x31EF)
    | block(0x3200, 0x33FF)
    | block(0xFE30, 0xFE4F)
)
ALL_HAN = (
    block(0x3400, 0x4DBF)
    | block(0x4E00, 0x9FFF)
    | block(0xF900, 0xFAFF)
    | block(0x20000, 0x3FFFF)
)

WEIGHTS = {
    "Regular": PLAIN | SYMBOLS | ALL_HAN,
    "Bold": PLAIN | block(0x2460, 0x2473) | block(0x2713, 0x2717) | GB2312_HAN | BIG5_LEVEL_1_HAN,
}


def open_source(path):
    for font in TTCollection(path, lazy=True).fonts:
        if font["name"].getDebugName(1) == SOURCE_FAMILY:
            return font
    raise SystemExit(f"{path}: holds no face named {SOURCE_FAMILY}")


def rename(font, style):
    """Noto and Source are reserved names, so every name record is our own."""
    table = font["name"]
    table.names = []
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    for number, text in {
        0: COPYRIGHT,
        1: FAMILY,
        2: style,
        3: f"{VERSION};{postscript}",
        4: f"{FAMILY} {style}",
        5: f"Version {VERSION}",
        6: postscript,
        13: LICENCE,
        14: "https://openfontlicense.org",
    }.items():
        table.setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames = [postscript]
    top.topDictIndex[0].FullName = f"{FAMILY} {style}"
    top.topDictIndex[0].FamilyName = FAMILY
    for field in ("Notice", "Copyright"):
        if hasattr(top.topDictIndex[0], field):
            setattr(top.topDictIndex[0], field, COPYRIGHT)


def make(path, style, out):
    font = open_source(path)
    have = set(font.getBestCmap())
    options = subset.Options()
    options.layout_features = ["kern", "ccmp"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=WEIGHTS[style] & have)
    worker.subset(font)
    rename(font, style)
    font["head"].created = font["head"].modified = FIXED_DATE
    font.recalcTimestamp = False
    target = os.path.join(out, f"KioskSans-{style}.otf")
    font.save(target)
    font = TTFont(target, recalcTimestamp=False)
    cffsubr.subroutinize(font, cff_version=1, keep_glyph_names=False)
    font.save(target)
    report(target)


def report(path):
    font = TTFont(path)
    mapped = set(font.getBestCmap())
    digits = {font["hmtx"][font.getBestCmap()[ord(d)]][0] for d in "0123456789"}
    print(
        f"{os.path.basename(path)}: {os.path.getsize(path)} bytes, "
        f"{len(font.getGlyphOrder())} glyphs, {len(mapped)} characters, "
        f"{len(mapped & ALL_HAN)} Han ({len(mapped & block(0x20000, 0x3FFFF))} beyond the BMP), "
        f"U+2CC56 {'in' if 0x2CC56 in mapped else 'MISSING'}, "
        f"GB2312 {len(mapped & GB2312_HAN)} of {len(GB2312_HAN)}, digit widths {digits}"
    )


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    make(sys.argv[1], "Regular", sys.argv[3])
    make(sys.argv[2], "Bold", sys.argv[3])
