#!/usr/bin/env python3
"""Trains a small neural network on labelled pictures named ANSWER_n.png, and tests it on others.

  pip install tensorflow-cpu pillow
  render() { cargo run --release -p passport-captcha --example render -- "$@"; }
  render --count 20000 --seed 1 --out train
  render --count 1000 --seed 2 --out same
  render --count 1000 --seed 3 --key another --out other
  python3 tools/train_attack.py train same other

The budget is CPU time of this process during training, 6 minutes by default, on one thread; the
learning rate schedule follows the budget. Data augmentation: random shifts, and inversion of ink and
ground. Two networks are available, both with one output per position in the text:

  attend   each position has a learnt spatial attention, and all positions share one classifier
  flat     each position has a classifier of its own over all features
"""
import argparse, os, pathlib, time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
from PIL import Image, ImageFilter

from attack import unscreen

ALPHABET = "34689EHKMNPRTWY"


# Number of steps from ground to ink. A picture has thirds only; blurred pictures have more shades.
SHADES = 30


def prepared(path, arguments):
    picture = Image.open(path).convert("L")
    return (unscreen(picture) if arguments.unscreen else picture).filter(ImageFilter.GaussianBlur(arguments.blur))


def load(folder, arguments):
    paths = sorted(pathlib.Path(folder).glob("*.png"))
    if not paths:
        raise SystemExit(f"no pictures in {folder}")
    pictures = np.stack([np.asarray(prepared(path, arguments)) for path in paths])
    # Normalised to the range from the darkest to the lightest shade, for any colours of a style.
    low = pictures.min((1, 2), keepdims=True); span = np.maximum(1, pictures.max((1, 2), keepdims=True) - low)
    pictures = np.round((pictures - low) / span * SHADES).astype(np.uint8)
    texts = np.array([[ALPHABET.index(c) for c in path.name.split("_")[0]] for path in paths])
    return pictures, texts


def network(keras, shape, length, kind):
    layers = keras.layers
    first = entry = layers.Input(shape + (1,))

    def block(x, channels, stride, size=3):
        x = layers.Conv2D(channels, size, strides=stride, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    x = block(entry, 16, 2, 5)
    for channels, stride in ((32, 2), (32, 1), (64, 2), (64, 1), (96, 1)):
        x = block(x, channels, stride)
    if kind == "flat":
        x = layers.Flatten()(block(x, 96, 2))
        x = layers.Dropout(0.3)(layers.Dense(256, activation="relu")(x))
        x = layers.Reshape((length, len(ALPHABET)))(layers.Dense(length * len(ALPHABET))(x))
    else:
        high, wide, channels = x.shape[1:]
        # The attention of each position depends on the whole picture at half the resolution.
        whole = layers.Flatten()(block(layers.AveragePooling2D(2)(x), 32, 1))
        where = layers.Dense(length * high * wide)(layers.Dropout(0.2)(layers.Dense(128, activation="relu")(whole)))
        where = layers.Reshape((length, high * wide))(where)
        near = layers.Reshape((high * wide, length))(layers.Conv2D(length, 3, padding="same")(x))
        look = layers.Softmax(axis=-1, dtype="float32")(layers.Add()([where, layers.Permute((2, 1))(near)]))
        seen = layers.Dot(axes=(2, 1))([look, layers.Reshape((high * wide, channels))(x)])
        seen = layers.Dropout(0.1)(layers.Dense(128, activation="relu")(seen))
        x = layers.Dense(len(ALPHABET))(seen)
    return keras.Model(first, layers.Activation("linear", dtype="float32")(x))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", help="folder of training pictures"); parser.add_argument("test", nargs="+", help="folders of test pictures")
    parser.add_argument("--minutes", type=float, default=6.0); parser.add_argument("--network", choices=("attend", "flat"), default="attend")
    parser.add_argument("--rate", type=float, default=3e-3); parser.add_argument("--limit", type=int, default=20_000)
    parser.add_argument("--blur", type=float, default=0.0, help="blur pictures by this many pixels first, which hides screens")
    parser.add_argument("--unscreen", action="store_true", help="remove screens first, using one picture at a time")
    arguments = parser.parse_args()

    import tensorflow as tf
    import keras
    tf.config.threading.set_intra_op_parallelism_threads(1); tf.config.threading.set_inter_op_parallelism_threads(1)
    # Halves the time on processors that support this type.
    keras.mixed_precision.set_global_policy("mixed_bfloat16"); keras.utils.set_random_seed(1)

    pictures, texts = load(arguments.train, arguments); pictures, texts = pictures[: arguments.limit], texts[: arguments.limit]
    model = network(keras, pictures.shape[1:], texts.shape[1], arguments.network)
    print(f"{len(pictures)} training pictures, {model.count_params():,} parameters, {arguments.network}", flush=True)
    optimizer = keras.optimizers.AdamW(arguments.rate, weight_decay=1e-3, clipnorm=1.0)
    error = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = error(y, model(x, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    def batch(x):
        return x[..., None].astype(np.float32) / (SHADES / 2) - 1

    random = np.random.default_rng(1); budget = arguments.minutes * 60; shown = epoch = 0
    start = time.process_time(); part = 0.0
    while part < 1:
        order = random.permutation(len(pictures)); losses = []
        for at in range(0, len(order) - 63, 64):
            part = (time.process_time() - start) / budget
            if part >= 1:
                break
            # Linear warm-up in a tenth of the time, then cosine decay.
            optimizer.learning_rate.assign(arguments.rate * min(part * 10, 0.5 + 0.5 * np.cos(np.pi * part)) + 1e-5)
            chosen = order[at: at + 64]
            x = np.roll(pictures[chosen], random.integers(-4, 5, 2), (1, 2))
            x = np.where(random.integers(0, 2, 64)[:, None, None] == 1, SHADES - x, x)
            losses.append(float(step(batch(x), texts[chosen]))); shown += 64
        epoch += 1
        print(f"  epoch {epoch:2}, {100 * min(1, part):3.0f} % of the time, loss {np.mean(losses or [np.nan]):.3f}", flush=True)
    print(f"trained on {shown:,} pictures in {time.process_time() - start:.0f} s of CPU time")
    for folder in arguments.test:
        pictures, texts = load(folder, arguments)
        guess = np.concatenate([model(batch(pictures[i: i + 100]), training=False).numpy().argmax(-1) for i in range(0, len(pictures), 100)])
        right = guess == texts
        print(f"{folder}: {len(texts)} pictures, {100 * right.all(1).mean():.1f} % of texts, {100 * right.mean():.1f} % of characters", flush=True)


main()
