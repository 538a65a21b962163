"""What was found while a table was read, and what was decided: said, so that it can be checked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Reading:
    """The findings of one reading.

    Attributes:
        source: the file.
        form: how the file is written, each a few words: "gzip", "UTF-8", "separated by commas".
        columns: role → what it was read from, for example "'userId'".
        notes: sentences that a person should read before trusting the numbers.
        n_rows: rows that were read as an event, before repeats were joined.
    """

    source: str
    form: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    n_rows: int = 0

    def note(self, sentence: str) -> None:
        """Add a finding, once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def line(self) -> str:
        """One line: what was read, and as what.

        >>> Reading("log.csv", ["UTF-8", "separated by tabs"], {"user": "'uid'"}, n_rows=3).line()
        "Read 3 rows of log.csv (UTF-8, separated by tabs): user is 'uid'."
        """
        columns = ", ".join(f"{role} is {column}" for role, column in self.columns.items())
        return f"Read {self.n_rows:,} rows of {self.source} ({', '.join(self.form)}): {columns}."

    def text(self) -> str:
        """The line, and each note on a line of its own."""
        return "\n".join([self.line(), *(f"Note: {note}" for note in self.notes)])
