#!/usr/bin/env python3
"""Compares what readers wrote down with the answers of numbered sheets.

  cargo run -p passport-captcha --example render -- --calm --count 40 --readers DIR --answers FILE
  python3 tools/readings.py FILE READINGS...

Give each reader the folder of sheets and the alphabet, and nothing else. A file of readings has a line
per picture: its number and the text that was read.
"""
import sys
from collections import Counter


def lines(file):
    """Texts by number. Case is ignored, as Alphabet::normalise does; X and 7 are kept, to be seen."""
    pairs = (line.split(None, 1) for line in open(file) if line.strip())
    return {int(number.rstrip(".:")): "".join(text.split()).upper() for number, text in pairs}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    answers = lines(sys.argv[1])
    for file in sys.argv[2:]:
        readings, misread = lines(file), Counter()
        right = characters = 0
        for number, answer in answers.items():
            read = readings.get(number, "")
            right += read == answer
            pairs = list(zip(answer, read))
            characters += sum(one == other for one, other in pairs)
            misread.update(f"{one} read as {other}" for one, other in pairs if one != other)
            if len(read) != len(answer):
                misread["another length"] += 1
            if read != answer:
                print(f"{file}: {number} is {answer}, read as {read or 'nothing'}")
        total = sum(map(len, answers.values()))
        print(f"{file}: {right} of {len(answers)} texts, {characters} of {total} characters; {dict(misread)}")


main()
