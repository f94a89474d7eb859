#!/usr/bin/env python3
"""Writes src/faces/outlines.rs: the glyphs of the alphabet as closed polygons.

  pip install fonttools
  apt-get install fonts-dejavu-core fonts-liberation2 fonts-lato fonts-roboto-slab \
                  fonts-quicksand fonts-league-spartan fonts-open-sans fonts-bebas-neue \
                  fonts-courier-prime fonts-dosis fonts-inter fonts-averia-serif-gwf fonts-play \
                  fonts-reggae fonts-dejavu-extra fonts-jetbrains-mono fonts-cabin \
                  fonts-yusei-magic
  python3 tools/outlines.py > src/faces/outlines.rs

Curves are flattened and long lines are subdivided, so that a glyph can be warped by moving its
points. The capital H is 1,000 units high, the y axis points down, and the origin is the centre of
the glyph's bounding box.
"""
import math

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.ttLib import TTFont

ROOT = "/usr/share/fonts/"
FACES = [
    ("DejaVu Sans Bold", "truetype/dejavu/DejaVuSans-Bold.ttf"),
    ("Liberation Serif Bold", "truetype/liberation2/LiberationSerif-Bold.ttf"),
    ("Lato Black", "truetype/lato/Lato-Black.ttf"),
    ("Roboto Slab Bold", "opentype/roboto/slab/RobotoSlab-Bold.otf"),
    ("Quicksand Bold", "truetype/quicksand/Quicksand-Bold.ttf"),
    ("League Spartan Bold", "opentype/league-spartan/LeagueSpartan-Bold.otf"),
    ("Liberation Mono Bold", "truetype/liberation2/LiberationMono-Bold.ttf"),
    ("Open Sans ExtraBold", "truetype/open-sans/OpenSans-ExtraBold.ttf"),
    ("Bebas Neue Bold", "opentype/bebas-neue/BebasNeue-Bold.otf"),
    ("Courier Prime Bold", "opentype/courier-prime/Courier Prime Bold.otf"),
    ("Dosis ExtraBold", "opentype/dosis/Dosis-ExtraBold.otf"),
    ("Inter Display Black", "opentype/inter/InterDisplay-Black.otf"),
    ("Averia Serif Bold", "truetype/averia-gwf/AveriaSerifGWF-Bold.ttf"),
    ("Play Bold", "truetype/play/Play-Bold.ttf"),
    ("Reggae One", "truetype/reggae/ReggaeOne-Regular.ttf"),
    ("DejaVu Serif Condensed Bold", "truetype/dejavu/DejaVuSerifCondensed-Bold.ttf"),
    ("JetBrains Mono ExtraBold", "truetype/jetbrains-mono/JetBrainsMono-ExtraBold.ttf"),
    ("Cabin Bold", "opentype/cabin/Cabin-Bold.otf"),
    ("Yusei Magic", "truetype/yusei-magic/YuseiMagic-Regular.ttf"),
]
# The alphabet, and the lower-case letters that are as legible as their capitals.
CAPITALS = "34689EHKMNPRTWY"
SMALL = "kmpwy"
TOLERANCE = 5.0  # maximum distance of a chord from its curve, in units
LONGEST = 300.0  # maximum length of a line before subdivision, in units


def curve(points, at):
    """Flattens a Bezier curve to chords. The first point is not included."""
    chords = sum(math.dist(a, b) for a, b in zip(points, points[1:]))
    bend = max(math.dist(((a[0] + c[0]) / 2, (a[1] + c[1]) / 2), b) for a, b, c in zip(points, points[1:], points[2:]))
    n = max(1, math.ceil(math.sqrt(bend / TOLERANCE) * (0.71 if len(points) == 3 else 0.87)), math.ceil(chords / LONGEST))
    return [at(i / n) for i in range(1, n + 1)]


def quadratic(a, b, c):
    return curve([a, b, c], lambda t: tuple((1 - t) ** 2 * p + 2 * t * (1 - t) * q + t * t * r for p, q, r in zip(a, b, c)))


def cubic(a, b, c, d):
    return curve([a, b, c, d], lambda t: tuple(
        (1 - t) ** 3 * p + 3 * t * (1 - t) ** 2 * q + 3 * t * t * (1 - t) * r + t ** 3 * s for p, q, r, s in zip(a, b, c, d)))


def line(a, b):
    n = max(1, math.ceil(math.dist(a, b) / LONGEST))
    return [tuple(p + (q - p) * i / n for p, q in zip(a, b)) for i in range(1, n + 1)]


def contours(font, character, scale):
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    grown = lambda p: (p[0] * scale, -p[1] * scale)
    done, here = [], []
    for name, arguments in pen.value:
        if name == "moveTo":
            here = [grown(arguments[0])]
        elif name == "lineTo":
            here += line(here[-1], grown(arguments[0]))
        elif name == "qCurveTo":
            if arguments[-1] is None:  # a contour without on-curve points
                off = [grown(p) for p in arguments[:-1]]
                first = tuple((p + q) / 2 for p, q in zip(off[-1], off[0]))
                here = [first]
                steps = decomposeQuadraticSegment(off + [first])
            else:
                steps = decomposeQuadraticSegment([grown(p) for p in arguments])
            for control, end in steps:
                here += quadratic(here[-1], control, end)
        elif name == "curveTo":
            here += cubic(here[-1], *[grown(p) for p in arguments])
        elif name in ("closePath", "endPath") and here:
            if here[0] != here[-1]:
                here += line(here[-1], here[0])
            done.append(here[:-1])
            here = []
    return done


def area(points):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1])) / 2


def glyph(font, character, scale):
    outline = contours(font, character, scale)
    if sum(map(area, outline)) < 0:  # same orientation in every face
        outline = [points[::-1] for points in outline]
    xs, ys = [p[0] for c in outline for p in c], [p[1] for c in outline for p in c]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    grow = 1.0
    if character.islower():  # enlarged to be legible beside capitals
        grow = max(1.0, min(1.3, 950 / (max(ys) - min(ys))))
    whole = [[(round((x - middle[0]) * grow), round((y - middle[1]) * grow)) for x, y in c] for c in outline]
    return [[p for p, q in zip(c, c[1:] + c[:1]) if p != q] for c in whole]


def main():
    print("// Generated by tools/outlines.py; not to be edited.\n")
    print("use super::Glyph;\n")
    total = len(CAPITALS) + len(SMALL)
    print(f"/// Number of glyphs in each face.\npub(super) const GLYPHS: usize = {total};\n")
    print(f"/// Characters in the order of the glyphs of each face.\npub(super) const CHARACTERS: [char; GLYPHS] = {[c for c in CAPITALS + SMALL]!r};\n".replace('"', "'"))
    points = 0
    print(f"#[rustfmt::skip]\npub(super) static FACES: [[Glyph; GLYPHS]; {len(FACES)}] = [")
    for name, path in FACES:
        font = TTFont(ROOT + path)
        height = max(p[1] for c in contours(font, "H", 1.0) for p in c) - min(p[1] for c in contours(font, "H", 1.0) for p in c)
        print(f"    // {name}\n    [")
        for character in CAPITALS + SMALL:
            outline = glyph(font, character, 1000.0 / height)
            points += sum(map(len, outline))
            inner = ", ".join("&[" + ",".join(f"({x},{y})" for x, y in c) + "]" for c in outline)
            print(f"        Glyph {{ contours: &[{inner}] }},")
        print("    ],")
    print("];")
    import sys
    print(f"{points} points", file=sys.stderr)


main()
