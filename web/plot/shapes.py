"""What a picture is made of. Lengths are pixels from the upper left corner; colours go by role, never by value."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["ink", "quiet", "line", "bar", "accent"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle; `strength` 0 to 1 lets the paper shine through."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    strength: float = 1.0


@dataclass(frozen=True)
class Words:
    """One line of text on the base line `y`; `anchor` says which end of it stands at `x`."""

    x: float
    y: float
    text: str
    role: Role = "quiet"
    anchor: Anchor = "start"
    size: int = 12
    bold: bool = False


Shape = Box | Words


@dataclass(frozen=True)
class Picture:
    """A picture, and what it shows in a sentence for those who do not see it."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    sentence: str
