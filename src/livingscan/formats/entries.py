"""What all tagged formats share: an entry, and lines gathered into it."""

from __future__ import annotations

from dataclasses import dataclass, field

LARGEST_ENTRY = 32 << 20  # characters; the rest of a longer one is dropped and the entry reported


@dataclass(slots=True)
class Entry:
    """One entry of a tagged file, as its lines have it.

    Attributes:
        line: where it starts, from 1.
        fields: (tag, lines of its value) in order; the tag in capitals.
        lines: the entry's own text.
        too_large: more text than any record has: the entry is reported and not read.
        cut: the file breaks off in it: it lacks the end that the entries before it have.
    """

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    size: int = 0
    too_large: bool = False
    cut: bool = False

    def keep(self, line: str) -> None:
        """Add a line to the entry's own text."""
        self.size += len(line)
        if self.size > LARGEST_ENTRY:
            self.too_large = True
        else:
            self.lines.append(line)

    def start(self, tag: str, value: str) -> None:
        """A line with a tag."""
        if not self.too_large:
            self.fields.append((tag.upper(), [value]))

    def go_on(self, text: str) -> None:
        """A line that goes on with the value before; dropped where there is none."""
        if self.fields and not self.too_large:
            self.fields[-1][1].append(text)

    @property
    def raw(self) -> str:
        """The entry's own text, without blank lines around it."""
        return "\n".join(self.lines).strip("\n")

    @property
    def has_content(self) -> bool:
        """Whether any tag has a value."""
        return any(part.strip() for _, value in self.fields for part in value)


def joined(lines: list[str]) -> str:
    """The lines of a value whose line breaks may mean something."""
    return "\n".join(line.strip() for line in lines).strip()


def flowing(lines: list[str]) -> str:
    """The lines of a value that was only wrapped."""
    return " ".join(line.strip() for line in lines).strip()
