"""Native OpenCV for detect.ts, on as many threads as the argument says, or its own default if 0.

Reads a question a line, JSON, and answers a line each:
{"cascade": XML_FILE, "file": RAW_FILE, "width", "height", "options"} ->
{"ms": MILLISECONDS, "faces": [[x, y, width, height, neighbors], ...]}, the conversion to Python's numbers not counted.
The first line of all is {"opencv": VERSION, "threads": HOW_MANY}.
"""
import json
import sys
import time

import cv2
import numpy

if sys.argv[1] != "0":
    cv2.setNumThreads(int(sys.argv[1]))
opened = {}


def once(key, make):
    if key not in opened:
        opened[key] = make()
    return opened[key]


print(json.dumps({"opencv": cv2.__version__, "threads": cv2.getNumThreads()}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    shape = (question["height"], question["width"])
    gray = once(question["file"], lambda: numpy.fromfile(question["file"], numpy.uint8).reshape(shape))
    classifier = once(question["cascade"], lambda: cv2.CascadeClassifier(question["cascade"]))
    options = question["options"]
    side = options["minSize"]
    start = time.perf_counter()
    boxes, counts = classifier.detectMultiScale2(
        gray, scaleFactor=options["scaleFactor"], minNeighbors=options["minNeighbors"], minSize=(side, side)
    )
    ms = (time.perf_counter() - start) * 1000
    faces = [[*map(int, box), int(count)] for box, count in zip(boxes, numpy.ravel(counts))]
    print(json.dumps({"ms": ms, "faces": faces}), flush=True)
