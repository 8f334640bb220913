"""Words: keys, mixing, streams, events and sequences (specification, sections 1 and 2)."""

from functools import cache, lru_cache

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15

PARAMETER_ROW = 1
SHOCK = 2
NOTHING_HAPPENS = 3
CEASE = 4
TRANSFER_OUT = 5
AREA_MOVE = 6
NEED_CHANGE = 7
REVIEW = 8
NEW_PLANS = 9
FIRST_SETTING = 10
TRANSFERS_IN = 11
TRANSFER_IN_PLACE = 12
ARRIVALS = 13
LEAVERS = 14
POPULATION_WALK = 15
TIE_BREAK = 17
OVERFLOW = 18
OPENING_DELAY = 19


def mix(x: int) -> int:
    """The finalizer of SplitMix64."""
    x ^= x >> 30
    x = (x * 0xBF58476D1CE4E5B9) & MASK
    x ^= x >> 27
    x = (x * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def fold(h: int, v: int) -> int:
    """Take the integer v into the hash h; the mask makes a negative v its two's complement."""
    return mix(((h ^ (v & MASK)) + GOLDEN) & MASK)


@cache
def key(kind: str, code: str) -> int:
    """FNV-1a of the text "kind:code", then mixed."""
    h = 0xCBF29CE484222325
    for byte in f"{kind}:{code}".encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return mix(h)


def draw_key(seed: int, draw: int) -> int:
    return fold(fold(0, seed), draw)


@lru_cache(maxsize=4096)
def stream(draw: int, process: int, year: int, slot: int) -> int:
    """The stream of a process, year and slot; `draw` is a draw key."""
    return fold(fold(fold(draw, process), year), slot)


def word(of_stream: int, entity: int) -> int:
    return mix(of_stream ^ entity)


def u53(w: int) -> int:
    return w >> 11


def uniform(w: int) -> float:
    """In [0, 1)."""
    return u53(w) * 2.0**-53


def open_uniform(w: int) -> float:
    """Never 0, so that its logarithm is finite."""
    return (u53(w) + 0.5) * 2.0**-53


def threshold(p: float) -> int:
    """T(p): the number of the 2^53 values of u53 for which an event of probability p happens."""
    if p <= 0.0:
        return 0
    if p >= 1.0:
        return 1 << 53
    return int(p * 2.0**53)


def happens(w: int, p: float) -> bool:
    return u53(w) < threshold(p)


class Sequence:
    """Words without end for one entity, for samplers that reject."""

    def __init__(self, of_stream: int, entity: int) -> None:
        self.state = word(of_stream, entity)

    def next(self) -> int:
        self.state = (self.state + GOLDEN) & MASK
        return mix(self.state)


def cell(area: str, need: str) -> int:
    return fold(key("area", area), key("need", need))


def base_child(area: str, need: str, setting: str, born: int, k: int) -> int:
    """Child number k of a row of the base table; `born` is the base year less the age."""
    row = fold(fold(fold(cell(area, need), 1), born), key("setting", setting))
    return fold(row, k)


def new_child(year: int, area: str, age: int, need: str, k: int) -> int:
    """Child number k of the new plans of a year, area, age and need."""
    return fold(fold(fold(fold(0, 2), year), age) ^ cell(area, need), k)


def transferred_child(year: int, age: int, need: str, k: int) -> int:
    """Child number k of the transfers in of a year, age and need."""
    return fold(fold(fold(fold(0, 3), year), age) ^ key("need", need), k)
