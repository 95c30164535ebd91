"""Text that was decoded the wrong way once, put right; good text is never touched."""

from __future__ import annotations

import ftfy
from ftfy.badness import is_bad

# Only the decoding is mended: no quotes straightened, no ligatures split, no entities unescaped.
_CONFIG = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=True,
    remove_control_chars=False,
    normalization=None,
)


def repair(text: str) -> str:
    """A text with mojibake ("MartÃ­nez") decoded anew ("Martínez"), where ftfy is sure that it is such."""
    if text.isascii() or not is_bad(text):
        return text
    return "\n".join(ftfy.fix_encoding(row, _CONFIG) if is_bad(row) else row for row in text.split("\n"))
