#!/usr/bin/env python3
"""Attacks a folder of pictures named ANSWER_n.png with freely available OCR programs.

  pip install ddddocr pillow numpy; apt-get install tesseract-ocr
  cargo run --release -p passport-captcha --example render -- --count 1000 --calm --scale 2 --seed 7 --out DIR
  nice python3 tools/attack.py DIR [--limit N] [--only ddddocr|split|rows|tesseract] [--prepare raw,crop]

The attacker knows the alphabet and the length. Each preprocessing of a picture is combined with
each way of decoding; a guess counts if the whole text matches, ignoring case. Single-threaded.
"""
import argparse, collections, os, pathlib, random, re, subprocess, tempfile

import numpy as np
from PIL import Image, ImageFilter, ImageOps

ALPHABET = "34689EHKMNPRTWY"


def gray(path):
    return Image.open(path).convert("L")


def clean(im):
    return ImageOps.autocontrast(im.filter(ImageFilter.MedianFilter(3)))


def otsu(im):
    a = np.asarray(im.filter(ImageFilter.GaussianBlur(0.8)))
    h = np.bincount(a.ravel(), minlength=256).astype(float)
    w = h.cumsum(); m = (h * np.arange(256)).cumsum()
    with np.errstate(all="ignore"):
        v = np.nan_to_num((m[-1] * w / w[-1] - m) ** 2 / (w * (w[-1] - w)))
    b = a > v.argmax()
    return Image.fromarray(np.where(b == (b.mean() > .5), 255, 0).astype(np.uint8))


def local(im, size=31):
    """Local threshold: pixels darker than the mean of their neighbourhood are ink."""
    a = np.asarray(im.filter(ImageFilter.GaussianBlur(1)), float)
    return Image.fromarray(np.where(a < np.asarray(im.filter(ImageFilter.BoxBlur(size // 2)), float), 0, 255).astype(np.uint8))


def edges(im):
    """Gradient magnitude: the edges between ink and ground, which are the same after inversion."""
    a = np.asarray(im.filter(ImageFilter.GaussianBlur(1)), float)
    g = np.hypot(*np.gradient(a))
    return Image.fromarray((255 - np.minimum(255, 255 * g / max(1, g.max()))).astype(np.uint8))


def opened(im):
    """Inverts pixels whose neighbourhood is mostly ink, to undo the pattern."""
    a = np.asarray(im, float) / 255
    s = np.asarray(im.filter(ImageFilter.MedianFilter(21)), float) / 255
    return Image.fromarray((255 * (1 - np.abs(a - s))).astype(np.uint8))


def text_box(im):
    """Bounding box of the letters: the region with many edges."""
    e = 255 - np.asarray(edges(im), float)
    def span(v):
        v = np.convolve(v, np.ones(5) / 5, "same"); on = np.flatnonzero(v > 0.35 * np.percentile(v, 80))
        return (int(on[0]), int(on[-1]) + 1) if len(on) else (0, len(v))
    x, y = span(e.sum(0)), span(e.sum(1))
    return x[0], y[0], max(x[1], x[0] + 8), max(y[1], y[0] + 8)


def crop(im):
    c = im.crop(text_box(im))
    return c.resize((c.width * 2, c.height * 2), Image.Resampling.BICUBIC)


def descreen(im):
    """Blurs the halftone screen away as far as the letters stay legible, and restores the contrast."""
    return ImageOps.autocontrast(im.filter(ImageFilter.GaussianBlur(1.8)), cutoff=2)


def unscreen(im):
    """Removes the halftone screen: the pixels that are equal in every tile belong to the screen and
    are replaced with the blurred values of their neighbours."""
    a = np.asarray(im); masks = [np.zeros(a.shape, bool) for _ in range(3)]
    for mask, side in zip(masks, (4, 5, 6)):
        for y, x in np.ndindex(side, side):
            place = a[y::side, x::side]
            if place.min() == place.max() and place[0, 0] in (a.min(), a.max()):
                mask[y::side, x::side] = True
    mask = max(masks, key=np.mean)
    def spread(values):
        return np.asarray(Image.fromarray(values).filter(ImageFilter.GaussianBlur(1)), float)
    around = spread(np.where(mask, 0, a)) * 255 / np.maximum(1, spread(np.where(mask, 0, 255).astype(np.uint8)))
    return Image.fromarray(np.where(mask, np.minimum(255, around), a).astype(np.uint8))


def middle(im):
    return im.crop((0, im.height // 6, im.width, im.height - im.height // 6))


PREPARE = {
    "raw": lambda im: im,
    "inverted": ImageOps.invert,
    "clean": clean,
    "otsu": otsu,
    "blur": lambda im: im.filter(ImageFilter.GaussianBlur(1.5)),
    "descreen": descreen,
    "unscreen": unscreen,
    "local": local,
    "edges": edges,
    "unexchanged": opened,
    "crop": crop,
    "crop+descreen": lambda im: crop(descreen(im)),
    "crop+unscreen": lambda im: crop(unscreen(im)),
    "crop+clean": lambda im: clean(crop(im)),
    "crop+unexchanged": lambda im: opened(crop(im)),
    "crop+edges": lambda im: edges(crop(im)),
    "middle": middle,
    "middle+blur": lambda im: middle(im).filter(ImageFilter.GaussianBlur(1.5)),
}

ALL = dict(PREPARE)

SPLIT = {"crop", "crop+descreen", "crop+unscreen", "crop+clean", "crop+unexchanged"}
TESSERACT = {"raw", "inverted", "otsu", "descreen", "unscreen", "unexchanged", "crop", "crop+clean"}


def session(model):
    import ddddocr, onnxruntime as ort, warnings
    warnings.filterwarnings("ignore")
    whole = ddddocr.DdddOcr(show_ad=False, beta=model == "beta")  # closes its session when collected
    engine = getattr(whole, "ocr_engine", whole)
    path = getattr(engine.session, "_model_path")
    options = ort.SessionOptions(); options.intra_op_num_threads = 1; options.inter_op_num_threads = 1
    charset = engine.charset_manager.get_charset() if hasattr(engine, "charset_manager") else engine._DdddOcr__charset
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"]), charset


class Reader:
    def __init__(self, model):
        self.run, self.charset = session(model)
        self.name = self.run.get_inputs()[0].name
        self.known = np.array([i == 0 or (len(c) == 1 and c.upper() in ALPHABET) for i, c in enumerate(self.charset)])

    def scores(self, im):
        im = im.resize((max(8, im.width * 64 // im.height), 64), Image.Resampling.LANCZOS)
        y = self.run.run(None, {self.name: (np.asarray(im, dtype=np.float32) / 255)[None, None]})[0]
        return y[:, 0, :] if y.shape[1] == 1 else y[0]

    def decode(self, y, known=True, length=None):
        z = np.where(self.known[None, : y.shape[1]], y, -1e9) if known else y
        z = np.exp(z - z.max(-1, keepdims=True)); z /= z.sum(-1, keepdims=True)
        runs, last = [], 0
        for t, i in enumerate(z.argmax(-1)):
            if i and i != last: runs.append([t, int(i), z[t, i]])
            elif i: runs[-1][2] = max(runs[-1][2], z[t, i])
            last = i
        if length:
            while len(runs) > length: runs.remove(min(runs, key=lambda r: r[2]))
            ink = z.copy(); ink[:, 0] = 0
            for t in np.argsort(-ink.max(-1)):
                if len(runs) >= length: break
                if all(abs(t - r[0]) > 1 for r in runs): runs.append([int(t), int(ink[t].argmax()), 0])
        return fold("".join(self.charset[i] for _, i, _ in sorted(runs)))


def fold(text):
    return re.sub("[^0-9A-Z]", "", text.upper())


def ddddocr(files, found):
    for model in ("default", "beta"):
        reader = Reader(model)
        for name, prepare in PREPARE.items():
            for path, answer in files:
                y = reader.scores(prepare(gray(path)))
                for mode, guess in (("stock", reader.decode(y, False)), ("alphabet", reader.decode(y)),
                                    ("length", reader.decode(y, True, len(answer)))):
                    found[f"ddddocr/{model}/{name}/{mode}"] += guess == answer


def cuts(im, count, quiet):
    """Bounds of letters: equal widths, or moved to the columns with the fewest edges."""
    e = 255 - np.asarray(edges(im), float); v = np.convolve(e.sum(0), np.ones(3), "same")
    at = [0]
    for i in range(1, count):
        x, w = im.width * i / count, im.width / count * (.3 if quiet else 0)
        lo, hi = int(x - w), max(int(x - w) + 1, int(x + w))
        at.append(lo + int(v[lo:hi].argmin()))
    return at + [im.width]


def split(files, found):
    for model in ("default", "beta"):
        reader = Reader(model)
        for name in SPLIT & PREPARE.keys():
            for quiet in (False, True):
                for path, answer in files:
                    im = PREPARE[name](gray(path)); at = cuts(im, len(answer), quiet); guess = ""
                    for a, b in zip(at, at[1:]):
                        pad = (b - a) // 8
                        part = im.crop((max(0, a - pad), 0, min(im.width, b + pad), im.height))
                        guess += reader.decode(reader.scores(part), True, 1)
                    found[f"split/{model}/{name}/{'quiet' if quiet else 'equal'}"] += guess == answer


def tilted(im, slope):
    ground = int(np.median(np.asarray(im)))
    return im.transform(im.size, Image.Transform.AFFINE, (1, 0, 0, slope, 1, -slope * im.width / 2),
                        Image.Resampling.BILINEAR, fillcolor=ground)


def rows(files, found):
    """Attack made for these pictures: straightens each picture by nine slopes, cuts between the rows
    where edges are fewest, reads both rows, and keeps the guess with the highest confidence."""
    settings = [("default", "raw")] + [(model, name) for model in ("default", "beta") for name in ("descreen", "unscreen")]
    for model, name in settings:
        reader, prepare = Reader(model), ALL[name]
        for path, answer in files:
            image = prepare(gray(path)); x0, y0, x1, y1 = text_box(image); best = (0, "")
            for slope in np.linspace(-.4, .4, 9):
                im = tilted(image, slope).crop((x0, 0, x1, image.height))
                ink = np.convolve((255 - np.asarray(edges(im), float)).sum(1), np.ones(5), "same")
                low = int(im.height * .35); cut = low + int(ink[low: int(im.height * .65)].argmin())
                guess, sure = "", 0
                for part in (im.crop((0, 0, im.width, cut)), im.crop((0, cut, im.width, im.height))):
                    y = reader.scores(part); z = np.where(reader.known[None, : y.shape[1]], y, -1e9)
                    sure += float((1 / np.exp(z - z.max(-1, keepdims=True)).sum(-1)).mean()); guess += reader.decode(y)
                best = max(best, (sure + (len(guess) == len(answer)), guess))
            found[f"rows/{model}/{name}, straightened and cut"] += best[1] == answer


def tesseract(files, found):
    whitelist = "tessedit_char_whitelist=" + ALPHABET
    for name in TESSERACT & PREPARE.keys():
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for i, (path, _) in enumerate(files):
                im = PREPARE[name](gray(path)); im = im.resize((im.width * 96 // im.height, 96), Image.Resampling.LANCZOS)
                paths.append(f"{folder}/{i:06}.png"); ImageOps.expand(im, 16, im.getpixel((0, 0))).save(paths[-1])
            pathlib.Path(folder, "list.txt").write_text("\n".join(paths) + "\n")
            for mode in ("7", "8"):
                run = subprocess.run(["tesseract", f"{folder}/list.txt", "stdout", "--psm", mode, "--oem", "1", "-c", whitelist],
                                     capture_output=True, text=True, env=dict(os.environ, OMP_THREAD_LIMIT="1"))
                for (_, answer), page in zip(files, run.stdout.split("\f")):
                    found[f"tesseract/psm{mode}/{name}/alphabet"] += fold(page) == answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path); parser.add_argument("--limit", type=int); parser.add_argument("--only")
    parser.add_argument("--prepare", help="use only these preprocessings, separated by commas")
    arguments = parser.parse_args()
    unknown = set((arguments.prepare or "raw").split(",")) - set(PREPARE)
    if unknown:
        parser.error(f"unknown --prepare {', '.join(sorted(unknown))}; choose from {', '.join(PREPARE)}")
    chosen = arguments.prepare.split(",") if arguments.prepare else list(PREPARE)
    for name in set(PREPARE) - set(chosen):
        del PREPARE[name]
    # Shuffled, so that --limit does not select by answer.
    paths = sorted(arguments.folder.glob("*.png")); random.Random(1).shuffle(paths)
    files = [(path, path.name.split("_")[0].upper()) for path in paths[: arguments.limit]]
    found = collections.Counter()
    for attack in (ddddocr, split, rows, tesseract):
        if arguments.only in (None, attack.__name__):
            found.update({attack.__name__: 0}); del found[attack.__name__]
            attack(files, found)
    print(f"{arguments.folder}: {len(files)} pictures")
    for name, count in sorted(found.items(), key=lambda item: -item[1])[:6]:
        print(f"  {name:44} {count:5} {100 * count / len(files):6.2f} %")
    for attack in ("ddddocr", "split", "rows", "tesseract"):
        mine = {name: count for name, count in found.items() if name.startswith(attack)}
        if mine:
            best = max(mine, key=mine.get)
            print(f"best of {len(mine):3} settings, {attack:10} {100 * mine[best] / len(files):6.2f} %  {best}")


if __name__ == "__main__":
    main()
