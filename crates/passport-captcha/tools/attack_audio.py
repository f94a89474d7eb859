#!/usr/bin/env python3
"""Attacks a folder of sounds named ANSWER_n.wav with the recordings published in this crate.

  pip install numpy
  cargo run --release -p passport-captcha --example render -- --count 240 --audio --seed 7 --out DIR
  nice python3 tools/attack_audio.py DIR --language english [--limit N] [--settings 0.3:2.5:0,0.3:2.5:1]

Every recording is a template at several pitches. Dynamic time warping aligns a sound with the
cheapest sequence of templates, with background in between; the length of the sequence is known.
The mean power of the background is added to the templates, because the words contain it too.
Nothing is trained. The attacker knows alphabet, length, language and how the background is made.
The best of several settings FLOOR:PENALTY:NORMAL counts. The example alternates between Chinese and
English.
"""
import argparse, pathlib, re

import numpy as np

ALPHABET = "34689EHKMNPRTWY"
SOURCE = pathlib.Path(__file__).parent.parent / "src" / "audio"
RATE, FRAME, HOP, BANDS, KEPT = 8000, 256, 80, 24, 14
PITCHES = np.arange(0.84, 1.181, 0.04)
SETTINGS = "0.1:3.5:0,0.3:3.5:0,1:3.5:0,0.1:3.5:1,0.3:3.5:1,1:2.5:1,1:3.5:1"


def samples(data):
    return (np.frombuffer(data, np.uint8).astype(float) - 128) / 128


def recordings(language):
    rows = re.findall(r"^    \[([\d, ]+)\],$", (SOURCE / "voices.rs").read_text(), re.M)
    lengths = [int(n) for row in rows for n in row.split(", ")]
    clips = np.split(samples((SOURCE / "voices.pcm").read_bytes()), np.cumsum(lengths)[:-1])
    return clips[: len(ALPHABET)] if language == "chinese" else clips[len(ALPHABET):]


def mel():
    """Mel filter bank for 80 to 3,600 Hz."""
    f = np.linspace(0, RATE / 2, FRAME // 2 + 1)
    e = 700 * (10 ** (np.linspace(*2595 * np.log10(1 + np.array([80, 3600]) / 700), BANDS + 2) / 2595) - 1)
    return np.array([np.clip(np.minimum((f - a) / (b - a), (c - f) / (c - b)), 0, None) for a, b, c in zip(e, e[1:], e[2:])])


MEL = mel()
COSINES = np.cos(np.pi * np.arange(KEPT)[:, None] * (np.arange(BANDS) + .5) / BANDS)
COSINES[0] *= .35


def loudness(x):
    """Power in every band, 100 frames per second."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, (0, max(0, FRAME - len(x)))), FRAME)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
    return power @ MEL.T


def features(power, floor):
    return np.log(power + floor) @ COSINES.T


def normal(x):
    """Subtracts the mean of the features, which removes the effect of a fixed filter."""
    return x - x.mean(0)


def pitched(clip, pitch):
    """Shifts the pitch by granular synthesis like the crate, but without changing the pace."""
    count = len(clip) // 120; out = np.zeros((count + 2) * 120); at = np.arange(240)
    for grain in range(count):
        part = np.interp(grain * 120 + at * pitch, np.arange(len(clip)), clip, right=0)
        out[grain * 120: grain * 120 + 240] += np.minimum(at, 240 - at) / 120 * part
    return out


def background(clips, rng):
    """Background: quiet reversed recordings and white noise."""
    out = np.zeros(3 * RATE * 8); at = 0
    while at < len(out):
        clip = clips[rng.integers(len(clips))][::-1] * rng.uniform(.1, .22)
        count = min(len(clip), len(out) - at); out[at: at + count] += clip[:count]; at += rng.integers(1200, 4000)
    return out + rng.uniform(-.015, .015, len(out))


class Listener:
    def __init__(self, clips, floor, penalty, common):
        rng = np.random.default_rng(1)
        self.floor, self.common = floor, common
        noise = loudness(background(clips, rng)); parts = []
        for word, clip in enumerate(clips):
            for pitch in PITCHES:
                sound = pitched(clip, pitch)
                parts.append(features(loudness(.87 * sound) + noise.mean(0), floor))
        lengths = [len(part) for part in parts]
        self.word = np.repeat(np.arange(len(clips)), len(PITCHES))
        self.first = np.concatenate([[0], np.cumsum(lengths)[:-1]]); self.last = np.cumsum(lengths) - 1
        self.states = np.concatenate(parts)
        self.between = features(noise, floor)[::8]
        if common:
            # The mean covers words and background, because the sounds consist of both.
            mean = np.concatenate([self.states, np.repeat(self.between, 8, 0)]).mean(0)
            self.states = self.states - mean; self.between = self.between - mean
        self.penalty = penalty

    def distances(self, x, to):
        square = (x ** 2).sum(1)[:, None] + (to ** 2).sum(1)[None] - 2 * x @ to.T
        return np.sqrt(square.clip(0)).astype(np.float32)

    def listen(self, sound, count):
        """The cheapest `count` words: per frame a template advances by zero, one or two frames."""
        x = features(loudness(sound), self.floor)
        if self.common:
            x = normal(x)
        speech = self.distances(x, self.states)
        quiet = self.distances(x, self.between).min(1) + self.penalty
        shape = (count, speech.shape[1])
        cost = np.full(shape, 1e9, np.float32); came = np.full(shape, -1, np.int32)
        rest, left, said = np.full(count + 1, 1e9, np.float32), np.full(count + 1, -1, np.int32), []
        rest[0] = 0
        for now, silence in zip(speech, quiet):
            best, origin = cost + np.float32(.3), came.copy()
            for step, extra in ((1, 0), (2, .3)):
                other = np.full(shape, 1e9, np.float32); other[:, step:] = cost[:, :-step] + np.float32(extra)
                for start in range(step):
                    other[:, self.first + start] = 1e9
                better = other < best
                shifted = np.full(shape, -1, np.int32); shifted[:, step:] = came[:, :-step]
                np.copyto(best, other, where=better); np.copyto(origin, shifted, where=better)
            entry = rest[:count, None] < best[:, self.first]
            best[:, self.first] = np.where(entry, rest[:count, None], best[:, self.first])
            origin[:, self.first] = np.where(entry, left[:count, None], origin[:, self.first])
            cost, came = best + now, origin
            rest = rest + silence; ends = cost[:, self.last]
            for index, end in enumerate(ends.argmin(1)):
                if ends[index, end] < rest[index + 1]:
                    said.append((self.word[end], came[index, self.last[end]]))
                    rest[index + 1], left[index + 1] = ends[index, end], len(said) - 1
        text, at = "", left[count]
        while at >= 0:
            text, at = ALPHABET[said[at][0]] + text, said[at][1]
        return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path); parser.add_argument("--limit", type=int)
    parser.add_argument("--language", choices=["chinese", "english"], required=True)
    parser.add_argument("--settings", default=SETTINGS, help="FLOOR:PENALTY:NORMAL, separated by commas")
    arguments = parser.parse_args()
    odd = arguments.language == "chinese"
    named = [(path, *path.stem.split("_")) for path in sorted(arguments.folder.glob("*.wav"))]
    files = [(path, answer) for path, answer, number in named if int(number) % 2 == odd][: arguments.limit]
    print(f"{arguments.folder}: {len(files)} sounds, {arguments.language}")
    clips, best = recordings(arguments.language), (-1,)
    for setting in arguments.settings.split(","):
        floor, penalty, common = map(float, setting.split(":"))
        listener = Listener(clips, floor, penalty, bool(common)); texts = characters = 0
        for path, answer in files:
            guess = listener.listen(samples(path.read_bytes()[44:]), len(answer))
            texts += guess == answer; characters += sum(a == b for a, b in zip(guess, answer))
        best = max(best, (texts, characters, setting))
        print(f"  {setting:12} {texts:4} texts, {characters:4} characters", flush=True)
    print(f"best: {best[2]}, {best[0]} of {len(files)} texts, {best[1]} of {sum(len(a) for _, a in files)} characters")


main()
