#!/usr/bin/python3
"""Writes packages/core/golden/prints.png: for each cascade in models/ three windows of pixels that it accepts.

No photograph here shows a cat, a body or a number plate, so cascades for them would never get past their first stages.
Starting from noise, blobs and single pixels are changed for as long as more stages pass. The prints of a cascade stand
below each other, in rows of equal height; the cascades stand in the order of their names. Needs cv2 (Debian:
python3-opencv); takes minutes.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import cv2
import numpy

root = pathlib.Path(__file__).resolve().parents[3]
batch = 48
rows = 3


def numbers(element, path):
    return [float(n) for n in element.find(path).text.split()]


class Cascade:
    """Evaluates windows given as columns of pixels; in floats as they come, for the judge is native OpenCV."""

    def __init__(self, file):
        top = next(iter(ElementTree.parse(file).getroot()))
        self.width, self.height = int(top.find("width").text), int(top.find("height").text)
        self.lbp = top.find("featureType").text.strip() == "LBP"
        self.features = self.matrix(top.find("features"))
        self.stages = []
        for stage in top.find("stages"):
            if stage.tag != "_":
                continue
            trees = []
            for weak in stage.find("weakClassifiers"):
                nodes = numpy.array(numbers(weak, "internalNodes")).reshape(-1, 11 if self.lbp else 4)
                trees.append((nodes, numpy.array(numbers(weak, "leafValues"))))
            self.stages.append((trees, float(stage.find("stageThreshold").text) - 1e-5))

    def matrix(self, features):
        """Rows: the value of a Haar feature, or the nine cells of an LBP feature, for each pixel set to one."""
        count = self.width * self.height
        upright, tilted = [], []
        for pixel in range(count):
            image = numpy.zeros(count, numpy.uint8)
            image[pixel] = 1
            total, _, slanted = cv2.integral3(image.reshape(self.height, self.width))
            upright.append(total)
            tilted.append(slanted)
        upright, tilted = numpy.array(upright, float), numpy.array(tilted, float)
        rows = []
        for feature in features:
            if self.lbp:
                x, y, w, h = map(int, numbers(feature, "rect"))
                order = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1), (1, 1)]
                rows += [self.upright(upright, x + i * w, y + j * h, w, h) for i, j in order]
                continue
            row = numpy.zeros(count)
            for rect in feature.find("rects"):
                x, y, w, h = map(int, rect.text.split()[:4])
                weight = float(rect.text.split()[4])
                if feature.find("tilted") is not None and int(feature.find("tilted").text):
                    t = tilted
                    part = t[:, y, x] - t[:, y + h, x - h] - t[:, y + w, x + w] + t[:, y + w + h, x + w - h]
                else:
                    part = self.upright(upright, x, y, w, h)
                row += weight * part
            rows.append(row)
        return numpy.array(rows)

    @staticmethod
    def upright(t, x, y, w, h):
        return t[:, y, x] - t[:, y, x + w] - t[:, y + h, x] + t[:, y + h, x + w]

    def values(self, images):
        values = self.features @ images
        if self.lbp:
            cells = values.reshape(-1, 9, images.shape[1])
            return ((cells[:, :8] >= cells[:, 8:]) * (128 >> numpy.arange(8))[None, :, None]).sum(1)
        inner = images.reshape(self.height, self.width, -1)[1:-1, 1:-1].reshape(-1, images.shape[1])
        spread = len(inner) * (inner**2).sum(0) - inner.sum(0) ** 2
        return values / numpy.sqrt(numpy.maximum(spread, 1))

    def goes_left(self, node, values):
        value = values[int(node[2])]
        if not self.lbp:
            return value < node[3]
        words = node[3:].astype(numpy.int64) & 0xFFFFFFFF
        return (words[value >> 5] >> (value & 31)) & 1 == 1

    def progress(self, images):
        """Stages passed, and how far the next one is: larger is better."""
        values = self.values(images)
        passed, score = numpy.ones(images.shape[1], bool), numpy.zeros(images.shape[1])
        for trees, threshold in self.stages:
            total = numpy.zeros(images.shape[1])
            for nodes, leaves in trees:
                at = numpy.zeros(images.shape[1], int)
                for index, node in enumerate(nodes):
                    here = (at == index) if index else numpy.ones(images.shape[1], bool)
                    at = numpy.where(here, numpy.where(self.goes_left(node, values), node[0], node[1]), at)
                    at = at.astype(int)
                total += leaves[-at]
            margin = total - threshold
            score = numpy.where(passed, score + numpy.where(margin >= 0, 1, numpy.tanh(margin)), score)
            passed &= margin >= 0
            if not passed.any():
                break
        return score


def climb(cascade, file, seed):
    dice = numpy.random.RandomState(seed)
    x, y = numpy.arange(cascade.width), numpy.arange(cascade.height)[:, None]
    best, score = dice.randint(0, 256, cascade.width * cascade.height).astype(float), -1e9
    native = cv2.CascadeClassifier(str(file))
    for step in range(6000):
        trials = numpy.repeat(best[:, None], batch, 1)
        for trial in range(batch):
            for _ in range(dice.randint(1, 4)):
                cx, cy = dice.randint(cascade.width), dice.randint(cascade.height)
                rx, ry = dice.choice([0.4, 1, 2, 4, 8]), dice.choice([0.4, 1, 2, 4, 8])
                blob = numpy.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2)
                trials[:, trial] += dice.choice([-120, -40, -12, 12, 40, 120]) * blob.ravel()
        trials = numpy.clip(numpy.rint(trials), 0, 255)
        scores = cascade.progress(trials)
        if scores.max() >= score:
            score, best = scores.max(), trials[:, scores.argmax()]
        if score >= len(cascade.stages):
            image = best.reshape(cascade.height, cascade.width).astype(numpy.uint8)
            if len(native.detectMultiScale(image, 1.1, 0)) > 0:
                return image, step, True
    return best.reshape(cascade.height, cascade.width).astype(numpy.uint8), step, False


def printed(file):
    cascade = Cascade(file)
    images = []
    for seed in range(rows):
        image, steps, accepted = climb(cascade, file, seed)
        print(f"{file.stem}: {'accepted' if accepted else 'NOT accepted'} after {steps} steps", file=sys.stderr, flush=True)
        images.append(image)
    return images


if __name__ == "__main__":
    from multiprocessing import Pool

    cv2.setNumThreads(1)
    files = sorted((root / "models").glob("*.xml"), key=lambda f: f.stem.removeprefix("haarcascade_"))
    with Pool(2) as pool:
        prints = pool.map(printed, files, 1)
    height = max(images[0].shape[0] for images in prints)
    sheet = numpy.zeros((height * rows, sum(images[0].shape[1] for images in prints)), numpy.uint8)
    left = 0
    for images in prints:
        for row, image in enumerate(images):
            sheet[row * height : row * height + image.shape[0], left : left + image.shape[1]] = image
        left += images[0].shape[1]
    cv2.imwrite(str(root / "packages/core/golden/prints.png"), sheet, [cv2.IMWRITE_PNG_COMPRESSION, 9])
