"""Whether all readers can take in a page: reading ease by LIX, and texts in place of images.

LIX is Carl-Hugo Björnsson's measure (*Läsbarhet*, 1968): words for each sentence, plus the
percentage of words with more than six letters. On the usual scale 40 to 50 is the middle, as in
newspapers, and a text is difficult from 50 on. We look at it before that.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from builder.checks.folder import Folder
from builder.content import Problem

MOST, DIFFICULT = 45, 50
# Of a shorter text, one long name makes another number.
LEAST_WORDS = 60
_LONG_WORD = 7
_WORD = re.compile(r"\w+(?:[-.,’']\w+)*")
# Looked for behind the mark, of which there are few: before it, they would be tried everywhere.
_SHORTENED = "".join(
    rf"(?<!\b{word}.)" for word in (r"f\.eks", r"bl\.a", "jf", "ca", "nr", "kap", r"o\.l", r"m\.m")
)
_END = re.compile(rf"[.!?…]{_SHORTENED}[.!?…]*[»\")]*\s+(?=[«\"(]*[A-ZÆØÅ0-9])|:\s+(?=[A-ZÆØÅ«])")
_FIRST_WORDS = 8


def sentences(paragraphs: Iterable[str]) -> list[str]:
    """The sentences of paragraphs and points: a point is at least one."""
    parts = (part for text in paragraphs for part in _END.split(text))
    return [part for part in parts if _WORD.search(part)]


def lix(written: Iterable[str]) -> Fraction:
    """The LIX of sentences that have at least one word."""
    return _lix([_WORD.findall(sentence) for sentence in written])


def _lix(written: Sequence[Sequence[str]]) -> Fraction:
    """The same, of sentences as words."""
    lengths = [len(word) for sentence in written for word in sentence]
    long_words = sum(length >= _LONG_WORD for length in lengths)
    return Fraction(len(lengths), len(written)) + Fraction(100 * long_words, len(lengths))


def check_reading_ease(folder: Folder) -> Iterator[Problem]:
    """Pages that are difficult to read, with their longest sentence."""
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
    """Images without an alternative text, and those whose text is only the name of the file."""
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
