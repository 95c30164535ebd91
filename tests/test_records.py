import pytest

from livingscan.records import make_record


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("Cafe\u0301 culture", "Café culture"),
        ("im\u00adprove\u00adment", "improvement"),
        ("two\u2028lines", "two lines"),
        ("עברית and العربية", "עברית and العربية"),
        ("REPORT IN CAPITALS", "REPORT IN CAPITALS"),
    ],
)
def test_letters_are_composed_and_signs_for_line_breaks_go(given, tidy):
    record = make_record(source="x", title=given, authors=[f"{given}, A"], keywords=[given], abstract=given)
    assert record.title == tidy
    assert record.authors == (f"{tidy}, A",)
    assert record.keywords == (tidy,)
