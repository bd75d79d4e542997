"""Medians of native OpenCV on one thread, for detect.ts: questions as JSON on stdin, answers on stdout."""
import json
import sys
import time

import cv2
import numpy

cv2.setNumThreads(1)
question = json.load(sys.stdin)
options = question["options"]
side = options["minSize"]
answers = []
for cascade in question["cascades"]:
    classifier = cv2.CascadeClassifier(cascade)
    for picture in question["pictures"]:
        gray = numpy.fromfile(picture["file"], numpy.uint8).reshape(picture["height"], picture["width"])
        times = []
        for _ in range(question["runs"] + 1):
            start = time.perf_counter()
            boxes, counts = classifier.detectMultiScale2(
                gray, scaleFactor=options["scaleFactor"], minNeighbors=options["minNeighbors"], minSize=(side, side)
            )
            times.append((time.perf_counter() - start) * 1000)
        found = sorted([[*map(int, box), int(count)] for box, count in zip(boxes, counts)])
        answers.append({"ms": times[1:], "faces": found})
json.dump({"version": cv2.__version__, "answers": answers}, sys.stdout)
