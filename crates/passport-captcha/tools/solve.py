#!/usr/bin/env python3
"""Reads pictures with the stock model of ddddocr, unmodified.

  pip install ddddocr
  echo picture.png | python3 tools/solve.py

The path of a picture is a line of the input, its text a line of the output.
"""
import sys

import ddddocr

ocr = ddddocr.DdddOcr(show_ad=False)
for line in sys.stdin:
    with open(line.rstrip("\n"), "rb") as file:
        text = ocr.classification(file.read())
    print("".join(text.split()), flush=True)
