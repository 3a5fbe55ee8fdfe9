"""Record the scripts of all Unicode code points. Run with an interpreter that has TensorFlow 1.15:

    python tools/record_scripts.py

Writes `ops/families/strings/script_table.py`: runs of code points of one script, by ICU's numbers.
"""

from __future__ import annotations

import importlib
import os
import textwrap

TARGET = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ops", "families", "strings", "script_table.py"
)
HEAD = '''"""Scripts of Unicode code points: `tools/record_scripts.py` writes this file.

Each word is the length of a run, and the number of the script all its code points have: `41:0` means that the first 41
hexadecimal code points have script 0.
"""

from __future__ import annotations

from typing import Final

RUNS: Final = (
'''


def main() -> None:
    """Write the table."""
    tf = importlib.import_module("tensorflow")
    with tf.Session() as session:
        found = session.run(tf.strings.unicode_script(tf.range(0x110000))).tolist()
    words, begin = [], 0
    for place in range(1, len(found) + 1):
        if place == len(found) or found[place] != found[begin]:
            words.append(f"{place - begin:x}:{found[begin]:x}")
            begin = place
    lines = textwrap.wrap(" ".join(words), 108)
    text = "\n".join(f'    "{line} "' for line in lines)
    with open(TARGET, "w", encoding="utf-8") as file:
        file.write(f"{HEAD}{text}\n)\n")


if __name__ == "__main__":
    main()
