from tests.formats.make import record

TEXT = """<?xml version="1.0" encoding="UTF-8"?><records>
<rec resultID="1"><header shortDbName="c8h" longDbName="CINAHL Plus" uiTerm="104393001" uiTag="AN"><controlInfo>
<jinfo><jid type="issn">0028-0836</jid><jtl>Nursing X</jtl></jinfo>
<pubinfo><dt year="2015" month="1" day="2">2015</dt><vid>12</vid><iid>3</iid></pubinfo>
<artinfo><ui type="doi">10.1000/x</ui><ppf>5</ppf><ppct>4</ppct><tig><atl>Why wards stall.</atl></tig>
<aug><au>Smith, Jane</au><au>Bell, T</au><affil>A Trust</affil></aug><sug><subj type="major">Barriers</subj></sug>
<ab>We asked.</ab><doctype>Journal Article</doctype></artinfo><language>English</language></controlInfo></header></rec>
</records>"""


def test_fields():
    found = record(TEXT)
    assert (found.source, found.source_id, found.doi) == ("cinahl", "104393001", "10.1000/x")
    assert (found.title, found.authors) == ("Why wards stall.", ("Smith, Jane", "Bell, T"))
    assert (found.journal, found.volume, found.issue, found.pages) == ("Nursing X", "12", "3", "5-8")
    assert (str(found.published), found.language, found.keywords) == ("2015-01-02", "eng", ("Barriers",))
