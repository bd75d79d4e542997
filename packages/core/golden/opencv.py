#!/usr/bin/python3
"""What native OpenCV answers, for the tests of @facepipe/core. Needs cv2 (Debian: python3-opencv).

  opencv.py        writes beside itself opencv.jsonl (SHA-256 of grey pixels, then a case a line) and hopper.png
  opencv.py -      answers questions, a JSON array on stdin, with a JSON array on stdout:
                   {"faces": RAW_FILE, "width", "height", "cascade": XML_FILE, "options"} -> [[x, y, width, height, neighbors], ...]
                   {"gray": RAW_FILE, "width", "height", "format"} -> SHA-256 of the grey pixels
                   {"rgb": RAW_FILE, "width", "height", "format"} -> SHA-256 of the RGB pixels
"""
import hashlib
import json
import pathlib
import sys

import cv2
import numpy

cv2.setNumThreads(1)
root = pathlib.Path(__file__).resolve().parents[3]
golden = root / "packages/core/golden"
models = {p.stem.removeprefix("haarcascade_"): p for p in sorted((root / "models").glob("*.xml"))}
# to grey, to RGB (None: as it is), bytes a pixel; planes of half the size lie below as rows more
conversions = {
    "gray": (None, cv2.COLOR_GRAY2RGB, 1),
    "rgb": (cv2.COLOR_RGB2GRAY, None, 3),
    "rgba": (cv2.COLOR_RGBA2GRAY, cv2.COLOR_RGBA2RGB, 4),
    "bgr": (cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2RGB, 3),
    "bgra": (cv2.COLOR_BGRA2GRAY, cv2.COLOR_BGRA2RGB, 4),
    "yuyv": (cv2.COLOR_YUV2GRAY_YUYV, cv2.COLOR_YUV2RGB_YUYV, 2),
    "nv12": (cv2.COLOR_YUV2GRAY_NV12, cv2.COLOR_YUV2RGB_NV12, 1.5),
    "i420": (cv2.COLOR_YUV2GRAY_I420, cv2.COLOR_YUV2RGB_I420, 1.5),
}


def sha256(pixels):
    return hashlib.sha256(numpy.ascontiguousarray(pixels).tobytes()).hexdigest()


def pair(size):
    if isinstance(size, int):
        return (size, size)
    return (size["width"], size["height"])


def faces(gray, cascade, options):
    classifier = cv2.CascadeClassifier(str(cascade))
    boxes, counts = classifier.detectMultiScale2(
        gray,
        scaleFactor=options.get("scaleFactor", 1.1),
        minNeighbors=options.get("minNeighbors", 3),
        minSize=pair(options.get("minSize", 0)),
        maxSize=pair(options.get("maxSize", 0)),
    )
    found = [[*map(int, box), int(count)] for box, count in zip(boxes, counts)]
    return sorted(found, key=lambda f: (f[1], f[0], f[2], f[3], f[4]))


def pixels(question, file):
    return numpy.fromfile(file, numpy.uint8).reshape(question["height"], question["width"], -1)


def converted(question, file, to):
    *codes, bytes_per_pixel = conversions[question["format"]]
    width, height = question["width"], question["height"]
    data = numpy.fromfile(file, numpy.uint8)
    assert data.size == width * height * bytes_per_pixel
    planar = bytes_per_pixel == 1.5
    source = data.reshape(height * 3 // 2, width) if planar else data.reshape(height, width, bytes_per_pixel)
    return source if codes[to] is None else cv2.cvtColor(source, codes[to])


def answer(question):
    if "faces" in question:
        gray = pixels(question, question["faces"])[:, :, 0].copy()
        return faces(gray, question["cascade"], question["options"])
    if "rgb" in question:
        return sha256(converted(question, question["rgb"], 1))
    return sha256(converted(question, question["gray"], 0))


def questions():
    """Every cascade on every photograph, then one cascade of each make with every option, on crops of odd sizes."""
    for image in ("astronaut", "camera", "hopper"):
        for cascade in models:
            yield {"image": image, "cascade": cascade, "options": {}}
    face = [150, 30, 151, 173]
    for cascade in ("frontalface_default", "frontalface_alt2", "eye_tree_eyeglasses", "lbpcascade_frontalface"):
        for options in (
            {"minNeighbors": 0},
            {"minNeighbors": 1, "scaleFactor": 1.05},
            {"minNeighbors": 5, "scaleFactor": 1.3},
            {"minNeighbors": 0, "scaleFactor": 2},
            {"minNeighbors": 0, "minSize": 60},
            {"minNeighbors": 0, "maxSize": 60},
            {"minNeighbors": 0, "minSize": {"width": 20, "height": 70}, "maxSize": {"width": 120, "height": 100}},
            # no window is of this size: OpenCV takes the nearest one
            {"minNeighbors": 0, "minSize": 97, "maxSize": 97},
        ):
            yield {"image": "astronaut", "crop": face, "cascade": cascade, "options": options}
    for crop in ([100, 0, 24, 24], [100, 0, 23, 200], [100, 0, 321, 47], [3, 5, 101, 99]):
        yield {"image": "hopper", "crop": crop, "cascade": "frontalface_default", "options": {"minNeighbors": 0}}


def write():
    golden.mkdir(exist_ok=True)
    photos = root / "packages/edge/photos"
    gray = {name: cv2.cvtColor(cv2.imread(str(photos / f"{name}.png")), cv2.COLOR_BGR2GRAY) for name in ("astronaut", "camera")}
    # JPEG decoders differ, so this one is kept as decoded here, at half its size
    hopper = cv2.cvtColor(cv2.imread(str(photos / "grace_hopper.jpg")), cv2.COLOR_BGR2GRAY)
    gray["hopper"] = cv2.resize(hopper, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(golden / "hopper.png"), gray["hopper"], [cv2.IMWRITE_PNG_COMPRESSION, 9])

    lines = []
    for question in questions():
        x, y, width, height = question.get("crop") or [0, 0, *gray[question["image"]].shape[::-1]]
        part = gray[question["image"]][y : y + height, x : x + width].copy()
        found = faces(part, models[question["cascade"]], question["options"])
        lines.append(json.dumps({**question, "faces": found}, separators=(",", ":")))
    every = numpy.arange(1 << 24, dtype=numpy.uint32)
    rgb = numpy.stack([every >> 16, every >> 8 & 255, every & 255], -1).astype(numpy.uint8).reshape(4096, 4096, 3)
    gray["every rgb"] = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    header = {"opencv": cv2.__version__, "gray": {name: sha256(image) for name, image in gray.items()}}
    (golden / "opencv.jsonl").write_text("\n".join([json.dumps(header, separators=(",", ":")), *lines, ""]))


if sys.argv[1:] == ["-"]:
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
else:
    write()
