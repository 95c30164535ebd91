import pytest

from livingscan.errors import DataError
from livingscan.records import Fetched, Unreadable
from tests.formats.make import read, record, records

ENTRY = """<record><database name="My.enl">My.enl</database><source-app name="EndNote">EndNote</source-app>
<rec-number>7</rec-number><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Okafor, Ngozi</style></author><author>Smith JA</author></authors>
<secondary-authors><author>Editor, Ed</author></secondary-authors></contributors>
<titles><title><style face="normal">CO</style><style face="subscript">2</style><style> on wards &amp; after</style>
</title>
<secondary-title>Journal of Invented Care</secondary-title></titles>
<periodical><full-title>Journal of Invented Care</full-title><abbr-1>J Inv Care</abbr-1></periodical>
<pages>210-219</pages><volume>12</volume><number>3</number>
<dates><year>2021</year><pub-dates><date>Mar 4</date></pub-dates></dates>
<isbn>0028-0836&#xD;1476-4687</isbn><accession-num>35123456</accession-num>
<electronic-resource-num>10.1000/jrh.126</electronic-resource-num>
<abstract>BACKGROUND: One. METHODS: Two.</abstract>
<keywords><keyword>barriers</keyword><keyword>culture</keyword></keywords>
<urls><related-urls><url>https://example.org/1</url></related-urls><pdf-urls><url>internal-pdf://x.pdf</url></pdf-urls></urls>
<custom2>PMC7026692</custom2><remote-database-name>MEDLINE</remote-database-name>
<remote-database-provider>NLM</remote-database-provider><language>eng</language></record>"""


def document(*entries: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><xml><records>{"".join(entries)}</records></xml>'


def test_fields():
    found = record(document(ENTRY))
    assert found.title == "CO2 on wards & after"
    assert found.authors == ("Okafor, Ngozi", "Smith, JA")
    assert (found.journal, found.journal_abbreviation) == ("Journal of Invented Care", "J Inv Care")
    assert (found.year, str(found.published)) == (2021, "2021-03-04")
    assert (found.volume, found.issue, found.pages) == ("12", "3", "210-219")
    assert (found.doi, found.pmid, found.pmcid) == ("10.1000/jrh.126", "35123456", "PMC7026692")
    assert found.issns == ("0028-0836", "1476-4687")
    assert found.abstract == "BACKGROUND: One.\nMETHODS: Two."
    assert found.keywords == ("barriers", "culture")
    assert found.url == "https://example.org/1"
    assert (found.source, found.source_id, found.language) == ("medline", "35123456", "eng")


def test_a_damaged_record_costs_no_other():
    broken = ENTRY.replace("</titles>", "</title>")
    items = read(document(ENTRY, "\n" + broken, "\n" + ENTRY))
    assert [type(item) for item in items] == [Fetched, Unreadable, Fetched]
    assert "damaged XML" in items[1].reason
    assert items[1].raw.startswith("<record>")


def test_illegal_characters_and_bare_ampersands_are_mended():
    found = record(document(ENTRY.replace("on wards", "on\x0b wards &#x1; R&D")))
    assert found.title == "CO2 on wards R&D & after"


def test_a_file_cut_off_keeps_what_came_before():
    whole, cut = read(document(ENTRY, "\n" + ENTRY)[:-200])
    assert isinstance(whole, Fetched)
    assert isinstance(cut, Unreadable)
    assert (cut.where, cut.reason) == (f"file.txt:{2 + ENTRY.count(chr(10))}", "the end of the record is missing")


def test_entities_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(DataError, match="entities"):
        read(bomb + document(ENTRY.replace("Smith", "&b;"))[38:])


def test_an_entity_that_is_not_declared_costs_its_record():
    (item,) = read(document(ENTRY.replace("Smith", "&nosuch;")))
    assert isinstance(item, Unreadable)


def test_many_records_in_one_line():
    assert len(records(document(*[ENTRY.replace("\n", "")] * 700))) == 700
