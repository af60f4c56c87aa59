"""Names that are nearly the same on both sides (M14): suggestions for a person, never a link by itself.

Pure: takes names, returns scores. 1.0 is the same name; `SURE` and above may be ticked for the person who
reviews; from `SHOWN` up it is worth a look. Candidates come from an index of three-letter pieces, so that
500 × 500 names cost thousands of comparisons and not a quarter of a million.
"""

import heapq
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Generic, TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)

SAME = 1.0
SURE = 0.9
SHOWN = 0.8
LEAST_OVERLAP = 0.35  # of the three-letter pieces, twice the shared ones over all
LOOKED_AT = 8  # candidates compared letter by letter, the most promising first

# What a bookkeeper writes or leaves out without meaning another company.
FILLER = frozenset(
    {"inc", "incorporated", "llc", "ltd", "limited", "co", "company", "corp", "corporation", "the", "and"}
)
# How addresses and trades are shortened in one list and written out in the other.
WRITTEN_OUT = {
    "st": "street",
    "ave": "avenue",
    "rd": "road",
    "dr": "drive",
    "ln": "lane",
    "ct": "court",
    "blvd": "boulevard",
    "res": "residence",
    "bldg": "building",
    "bldrs": "builders",
    "constr": "construction",
    "elec": "electric",
    "mtl": "material",
}
ENDINGS = re.compile(r"(?:ings?|e?s)$")
NUMBER_PREFIX = re.compile(r"^\s*(\d+(?:[.\-/ ]+\d+)*)[\s.\-:)]+(?=\D)")
DELETED_SUFFIX = re.compile(r"\s*\(deleted(?:-\d+)?\)$", re.IGNORECASE)


def bare_name(name: str) -> str:
    """QuickBooks writes " (deleted)" behind the names of things made inactive."""
    return DELETED_SUFFIX.sub("", name)


@dataclass(frozen=True)
class Name:
    """One spelling, taken apart once."""

    text: str

    @cached_property
    def plain(self) -> str:
        """Lower case, no accents, no punctuation, single spaces."""
        return _plain(self.text)

    @cached_property
    def number(self) -> str:
        """The digits in front, as in "06-100 Framing": a cost code's number, or a house number."""
        match = NUMBER_PREFIX.match(bare_name(self.text))
        return re.sub(r"\D", "", match.group(1)).lstrip("0") if match else ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words without the number in front and without filler, in alphabetical order."""
        text = bare_name(self.text)
        words = [WRITTEN_OUT.get(word, word) for word in _plain(NUMBER_PREFIX.sub("", text) or text).split()]
        return tuple(sorted([word for word in words if word not in FILLER] or words))

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """ "Roof" and "Roofing", "Permit" and "Permits"."""
        return tuple(ENDINGS.sub("", word) if len(word) > 4 else word for word in self.words)

    @cached_property
    def letters(self) -> str:
        return " ".join(self.words)

    @cached_property
    def squeezed(self) -> str:
        """ "H.V.A.C." and "Dry wall", written in one."""
        return self.plain.replace(" ", "")

    @cached_property
    def other_numbers(self) -> tuple[str, ...]:
        """ "Lot 12" is not "Lot 21", however alike they look."""
        return tuple(word for word in self.words if any(sign.isdigit() for sign in word))

    @cached_property
    def pieces(self) -> frozenset[str]:
        """Three letters at a time, word by word, so that the order of words does not matter."""
        padded = [f" {word} " for word in self.words]
        return frozenset(word[i : i + 3] for word in padded for i in range(len(word) - 2))


def _plain(text: str) -> str:
    decomposed = (
        unicodedata.normalize("NFKD", text).casefold().replace("&", " and ").replace("'", "").replace("’", "")
    )
    kept = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", kept).split())


def likeness(left: Name, right: Name) -> float:
    """How sure one may be that two names mean the same thing, 0 to 1."""
    if left.plain == right.plain:
        return SAME
    if left.other_numbers != right.other_numbers:
        return 0.0
    by_number = _limit_by_number(left.number, right.number)
    return min(by_number, _likeness_of_words(left, right)) if by_number else 0.0


def _likeness_of_words(left: Name, right: Name) -> float:
    if left.words == right.words:
        return 0.97
    if left.squeezed == right.squeezed:
        return 0.95
    if left.stems == right.stems:
        return 0.93
    return max(_likeness_of_spelling(left, right), _containment(set(left.words), set(right.words)))


def _likeness_of_spelling(left: Name, right: Name) -> float:
    """Letters that agree; every differing word must nearly match (interior is not exterior)."""
    only_left, only_right = _without(left.words, right.words), _without(right.words, left.words)
    if len(only_left) == len(only_right) and not all(_is_typo_of_one(word, only_right) for word in only_left):
        return 0.0
    return min(_ratio(left.letters, right.letters), 0.94)


def _without(words: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    return [word for word in words if word not in others]


def _is_typo_of_one(word: str, others: list[str]) -> bool:
    return any(_ratio(word, other) >= SHOWN for other in others)


def _ratio(left: str, right: str) -> float:
    """The bounds are cheap and spare most of the comparisons."""
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < SHOWN or matcher.quick_ratio() < SHOWN:
        return 0.0
    return matcher.ratio()


def _containment(left: set[str], right: set[str]) -> float:
    """ "Jones Residence" in "Jones Residence Kitchen": likely enough to be shown, not to be ticked."""
    shorter, longer = sorted((left, right), key=len)
    return SHOWN if len(shorter) >= 2 and shorter < longer else 0.0


def _limit_by_number(left: str, right: str) -> float:
    """A number on one side only is a habit; two different numbers are two different things."""
    if left == right:
        return SAME
    if not left or not right:
        return 0.95
    return 0.85 if left.endswith(right) or right.endswith(left) else 0.0


@dataclass(frozen=True)
class Suggestion(Generic[Right]):
    key: Right
    score: float

    @property
    def is_sure(self) -> bool:
        return self.score >= SURE


class NameIndex(Generic[Right]):
    """The names of one side, ready to be asked. A thing may have several: its name, its full path."""

    def __init__(self, names: Mapping[Right, Iterable[str]]) -> None:
        self._entries = [(key, Name(text)) for key, texts in names.items() for text in dict.fromkeys(texts)]
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._squeezed: dict[str, list[int]] = defaultdict(list)
        for position, (_, name) in enumerate(self._entries):
            self._squeezed[name.squeezed].append(position)
            for piece in name.pieces:
                self._holders[piece].append(position)

    def find(self, text: str, *, at_most: int = 3) -> list[Suggestion[Right]]:
        """The best first; equal scores in the order the names were given."""
        asked, best = Name(text), dict[Right, float]()
        for position in self._promising(asked):
            key, name = self._entries[position]
            best[key] = max(best.get(key, 0.0), likeness(asked, name))
        ranked = sorted((item for item in best.items() if item[1] >= SHOWN), key=lambda item: -item[1])
        return [Suggestion(key, round(score, 3)) for key, score in ranked[:at_most]]

    def _promising(self, asked: Name) -> list[int]:
        shared: Counter[int] = Counter()
        for piece in asked.pieces:
            shared.update(self._holders.get(piece, ()))

        own, entries = len(asked.pieces), self._entries
        overlaps = [
            (2 * count / (own + len(entries[position][1].pieces)), -position)
            for position, count in shared.items()
            if count >= own * LEAST_OVERLAP / 2
        ]
        best = heapq.nlargest(LOOKED_AT, (found for found in overlaps if found[0] >= LEAST_OVERLAP))
        # Abbreviations such as "H.V.A.C." share no three letters with "HVAC".
        return list(dict.fromkeys([*self._squeezed.get(asked.squeezed, []), *(-place for _, place in best)]))


def suggest_pairs(
    left: Mapping[Left, str], right: Mapping[Right, Iterable[str]], *, at_most: int = 3
) -> dict[Left, list[Suggestion[Right]]]:
    """For each name on the left the likeliest on the right, best first; those without any are left out."""
    index = NameIndex(right)
    found = {key: index.find(text, at_most=at_most) for key, text in left.items()}
    return {key: suggestions for key, suggestions in found.items() if suggestions}


def choose_one_each(suggestions: Mapping[Left, Sequence[Suggestion[Right]]]) -> dict[Left, Suggestion[Right]]:
    """At most one partner each, the surest pairs first: what a review list may offer to link together."""
    ranked = sorted(
        ((left, suggestion) for left, found in suggestions.items() for suggestion in found),
        key=lambda pair: -pair[1].score,
    )
    chosen: dict[Left, Suggestion[Right]] = {}
    taken: set[Right] = set()
    for left, suggestion in ranked:
        if left not in chosen and suggestion.key not in taken:
            chosen[left] = suggestion
            taken.add(suggestion.key)
    return {left: chosen[left] for left in suggestions if left in chosen}


def find_near_duplicates(names: Mapping[Left, str]) -> list[tuple[Left, Left]]:
    """Pairs on one side that look like one thing entered twice (M14, C27)."""
    index = NameIndex({key: [text] for key, text in names.items()})
    order = {key: position for position, key in enumerate(names)}
    pairs = {
        (key, suggestion.key) if order[key] < order[suggestion.key] else (suggestion.key, key): None
        for key, text in names.items()
        for suggestion in index.find(text, at_most=4)
        if suggestion.key != key and suggestion.is_sure
    }
    return list(pairs)
