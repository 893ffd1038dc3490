"""Whether all readers can take in a page: reading ease by LIX, and texts in place of images.

LIX is Carl-Hugo Björnsson's measure (*Läsbarhet*, 1968): words for each sentence, plus the
percentage of words with more than six letters. On the usual scale, 40 to 50 is the middle, as in
newspapers, and a text is difficult from 50 on. The warning comes a little earlier.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from builder.checks.folder import Folder
from builder.content import Problem

MOST, DIFFICULT = 45, 50
# In a shorter text, one long name would decide the number.
LEAST_WORDS = 60
_LONG_WORD = 7
_WORD = re.compile(r"\w+(?:[-.,’']\w+)*")
# Abbreviations that end in a full stop. The pattern is tried after each full stop only; in front of
# it, it would be tried at each position of the text.
_SHORTENED = "".join(
    rf"(?<!\b{word}.)" for word in (r"f\.eks", r"bl\.a", "jf", "ca", "nr", "kap", r"o\.l", r"m\.m")
)
_END = re.compile(rf"[.!?…]{_SHORTENED}[.!?…]*[»\")]*\s+(?=[«\"(]*[A-ZÆØÅ0-9])|:\s+(?=[A-ZÆØÅ«])")
_FIRST_WORDS = 8


def sentences(paragraphs: Iterable[str]) -> list[str]:
    """The sentences of paragraphs and list items; each of these begins a new sentence."""
    parts = (part for text in paragraphs for part in _END.split(text))
    return [part for part in parts if _WORD.search(part)]


def lix(written: Iterable[str]) -> Fraction:
    """The LIX of sentences, each with at least one word."""
    return _lix([_WORD.findall(sentence) for sentence in written])


def _lix(written: Sequence[Sequence[str]]) -> Fraction:
    """The LIX of sentences that are divided into words."""
    lengths = [len(word) for sentence in written for word in sentence]
    long_words = sum(length >= _LONG_WORD for length in lengths)
    return Fraction(len(lengths), len(written)) + Fraction(100 * long_words, len(lengths))


def check_reading_ease(folder: Folder) -> Iterator[Problem]:
    """A warning, with the longest sentence, for each page whose readability index is too high."""
    for page in folder.pages:
        written = sentences(page.paragraphs)
        words = [_WORD.findall(sentence) for sentence in written]
        lengths = list(map(len, words))
        if sum(lengths) < LEAST_WORDS:
            continue
        index = int(_lix(words))
        if index > MOST:
            longest = written[lengths.index(max(lengths))]
            message = f"Teksten er tung å lese: lesbarhetsindeksen (LIX) er {index}."
            start = " ".join(longest.split()[:_FIRST_WORDS])
            found = f"den lengste setningen har {max(lengths)} ord: «{start} …»"
            expected = f"høyst {MOST}: kortere setninger og ord ({DIFFICULT} regnes som vanskelig)"
            line = page.line_of(longest)
            yield Problem(page.shown, line, "", message, found, expected, is_warning=True)


def check_images(folder: Folder) -> Iterator[Problem]:
    """A mistake for each image without an alternative text, or with its file name for one."""
    for page in folder.pages:
        for image in page.images:
            text = (image.alt or "").strip()
            name = image.address.rpartition("/")[2]
            if not text:
                message = "Bildet har ingen tekst for dem som ikke ser det."
            elif text.lower() in (name.lower(), name.rpartition(".")[0].lower()):
                message = "Teksten til bildet er bare navnet på filen."
            else:
                continue
            found = f"![{text}]({image.address})"
            expected = f"![det bildet viser]({image.address})"
            yield Problem(page.shown, image.line, "", message, found, expected)
