#!/usr/bin/python3
"""Native OpenCV's side of the sweep in packages/core/test/sweep*.ts. Needs cv2 (Debian: python3-opencv).

Reads a group a line on stdin, JSON: {"image": RECIPE, "scores": BOOL, "cases": [{"cascade", "scaleFactor",
"minNeighbors", "minSize": [width, height], "maxSize"}, ...]}; a size of 0, 0 is OpenCV's default. Answers a line each:
{"pixels": SHA-256 of the image, "answers": [[[x, y, width, height, neighbors, score], ...], ...]}, boxes sorted by y, x,
width, height, neighbors, score. The score is the level weight detectMultiScale3 gives that box; it is left out unless asked
for, and null where two merged boxes are the same with different weights. The first line of all is {"opencv": VERSION}.

The recipes are those of sweep-image.ts, in integers only: both sides make the same bytes.
"""
import hashlib
import json
import pathlib
import sys

import cv2
import numpy

cv2.setNumThreads(1)
root = pathlib.Path(__file__).resolve().parents[3]
models = {p.stem.removeprefix("haarcascade_"): str(p) for p in sorted((root / "models").glob("*.xml"))}
photos = {
    "astronaut": root / "packages/edge/photos/astronaut.png",
    "camera": root / "packages/edge/photos/camera.png",
    "hopper": root / "packages/core/golden/hopper.png",
    "prints": root / "packages/core/golden/prints.png",
}
opened = {}


def once(key, make):
    if key not in opened:
        opened[key] = make()
    return opened[key]


def mix(x):
    x = numpy.asarray(x, numpy.uint32)
    x = (x ^ (x >> 16)) * numpy.uint32(0x21F0AAAD)
    x = (x ^ (x >> 15)) * numpy.uint32(0xD35A2D97)
    return x ^ (x >> 15)


def random(seed, index):
    return (mix(index.astype(numpy.uint32) + mix(numpy.array([seed]))) >> 8).astype(numpy.int64)


def each(r):
    return numpy.arange(r["width"] * r["height"]).reshape(r["height"], r["width"])


def mean(image, radius):
    side = 2 * radius + 1
    for axis in (0, 1):
        padded = numpy.pad(image, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], "edge")
        sums = numpy.cumsum(numpy.insert(padded, 0, 0, axis), axis)
        keep = sums.shape[axis] - side
        image = numpy.take(sums, numpy.arange(side, side + keep), axis) - numpy.take(sums, numpy.arange(keep), axis)
    return image // (side * side)


def constant(r, x, y):
    return 0 * x + 0 * y + r["value"]


def noise(r, x, y):
    return r["low"] + random(r["seed"], each(r)) % (r["high"] - r["low"] + 1)


def bits(r, x, y):
    return numpy.where(random(r["seed"], each(r)) % 256 < r["share"], r["light"], r["dark"])


def gradient(r, x, y):
    return ((r["from"] + x * r["dx"] + y * r["dy"]) >> 4) & 255


def checker(r, x, y):
    return numpy.where((x // r["cell"] + y // r["cell"]) % 2 == 1, r["light"], r["dark"])


def text(r, x, y):
    column, row = x // r["pen"], y // r["pen"]
    dot = (row // 8 * 1000 + column // 6) * 64 + row % 8 * 8 + column % 6
    ink = (column % 6 < 5) & (row % 8 < 7) & (random(r["seed"], dot) % 2 == 1)
    return numpy.where(ink, r["dark"], r["light"])


def blur(r, x, y):
    image = mean(mean(random(r["seed"], each(r)) % 256, r["radius"]), r["radius"])
    return 128 + ((image - 128) * r["gain"] >> 4)


def edges(start, length, count):
    at = numpy.arange(count)
    low = start + at * length // count
    return low, numpy.maximum(low + 1, start + (at + 1) * length // count)


def sums(name):
    gray = cv2.cvtColor(cv2.imread(str(photos[name])), cv2.COLOR_BGR2GRAY)
    return numpy.pad(gray.astype(numpy.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def photo(r, x, y):
    total = once(r["photo"], lambda: sums(r["photo"]))
    left, top, width, height = r["crop"]
    tile = r["tile"][::-1] if r["turned"] else r["tile"]
    (x0, x1), (y0, y1) = edges(left, width, tile[0]), edges(top, height, tile[1])
    area = (x1 - x0) * (y1 - y0)[:, None]
    image = (total[y1][:, x1] - total[y0][:, x1] - total[y1][:, x0] + total[y0][:, x0]) // area
    if r["turned"]:
        image = image.T
    across, down = r["tile"]
    u, v = x % across, y % down
    u = numpy.where((x // across + r["mirrored"]) % 2 == 1, across - 1 - u, u)
    image = image[v, u]
    if r["radius"]:
        image = mean(image, r["radius"])
    image = 128 + ((image - 128) * r["gain"] >> 4)
    if r["noise"]:
        image = image + random(r["seed"], each(r)) % (2 * r["noise"] + 1) - r["noise"]
    return image


kinds = {f.__name__: f for f in (constant, noise, bits, gradient, checker, text, blur, photo)}


def pixels(r):
    x, y = numpy.arange(r["width"])[None, :], numpy.arange(r["height"])[:, None]
    return numpy.clip(kinds[r["kind"]](r, x, y), 0, 255).astype(numpy.uint8)


def scores(classifier, gray, options, boxes):
    found, _, weights = classifier.detectMultiScale3(gray, **options, outputRejectLevels=True)
    if options["minNeighbors"] == 0:
        # nothing is merged: the same boxes, and in the same order
        assert numpy.array_equal(found, boxes)
        return [float(w) for w in numpy.ravel(weights)]
    of = {}
    for box, weight in zip(found, numpy.ravel(weights)):
        of.setdefault(tuple(map(int, box)), set()).add(float(weight))
    return [of[b].copy().pop() if len(of[b]) == 1 else None for b in (tuple(map(int, box)) for box in boxes)]


def faces(gray, case, scored):
    classifier = once(case["cascade"], lambda: cv2.CascadeClassifier(models[case["cascade"]]))
    options = {
        "scaleFactor": case["scaleFactor"],
        "minNeighbors": case["minNeighbors"],
        "minSize": tuple(case["minSize"]),
        "maxSize": tuple(case["maxSize"]),
    }
    boxes, counts = classifier.detectMultiScale2(gray, **options)
    found = [[*map(int, box), int(count)] for box, count in zip(boxes, numpy.ravel(counts))]
    if scored and found:
        found = [[*face, score] for face, score in zip(found, scores(classifier, gray, options, boxes))]
    return sorted(found, key=lambda f: (f[1], f[0], *f[2:5], f[-1] if scored and f[-1] is not None else 0))


print(json.dumps({"opencv": cv2.__version__}), flush=True)
for line in sys.stdin:
    group = json.loads(line)
    gray = pixels(group["image"])
    answers = [faces(gray, case, group["scores"]) for case in group["cases"]]
    answer = {"pixels": hashlib.sha256(gray.tobytes()).hexdigest(), "answers": answers}
    print(json.dumps(answer, separators=(",", ":")), flush=True)
