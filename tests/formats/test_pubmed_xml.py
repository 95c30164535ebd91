from __future__ import annotations

import gzip
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import DataError
from livingscan.formats.pubmed_dates import medline_date
from livingscan.formats.pubmed_xml import DeletedIds, read
from livingscan.records import Fetched, PartialDate, Record, StatusLink, Unreadable
from tests.shared import SHARED, needs_shared

HEAD = (
    '<?xml version="1.0" ?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://x.invalid/p.dtd">\n'
)


def article(pmid: str = "1", inside: str = "", after: str = "", data: str = "", version: str = "1") -> str:
    """An article: ``inside`` goes into Article, ``after`` into MedlineCitation behind it, ``data`` into PubmedData."""
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID>'
        f"<Article><Journal><JournalIssue/></Journal>{inside}</Article>{after}</MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def document(*articles: str) -> bytes:
    return (HEAD + "<PubmedArticleSet>\n" + "\n".join(articles) + "\n</PubmedArticleSet>\n").encode()


def everything(data: bytes) -> list[Fetched | Unreadable | DeletedIds]:
    return list(read(io.BytesIO(data)))


def one(*args: str, **kwargs: str) -> Record:
    (found,) = everything(document(article(*args, **kwargs)))
    assert isinstance(found, Fetched)
    return found.record


def until_error(data: bytes) -> tuple[list[Fetched | Unreadable | DeletedIds], str]:
    found: list[Fetched | Unreadable | DeletedIds] = []
    try:
        for item in read(io.BytesIO(data)):
            found.append(item)
    except DataError as problem:
        return found, str(problem)
    return found, ""


def test_reads_titles_with_all_their_letters() -> None:
    title = (
        "<ArticleTitle>The <i>in vivo</i> role of CO<sub>2</sub> in <b>H<sup>+</sup></b> &amp; "
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>α</mml:mi><mml:mo>&lt;</mml:mo>'
        "<mml:mn>5</mml:mn></mml:math> trials.</ArticleTitle>"
    )
    assert one(inside=title).title == "The in vivo role of CO2 in H+ & α<5 trials."


def test_keeps_the_labels_of_an_abstract() -> None:
    abstract = (
        '<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">We <i>know</i> little.</AbstractText>'
        '<AbstractText Label="RESULTS">p &lt; 0.05.</AbstractText><AbstractText>Plain end.</AbstractText>'
        "<CopyrightInformation>Nobody</CopyrightInformation></Abstract>"
    )
    assert one(inside=abstract).abstract == "BACKGROUND: We know little.\nRESULTS: p < 0.05.\nPlain end."


def test_takes_the_other_abstract_only_where_there_is_none() -> None:
    other = (
        '<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Resumen.</AbstractText></OtherAbstract>'
        '<OtherAbstract Type="AAMC" Language="eng"><AbstractText>Summary.</AbstractText></OtherAbstract>'
    )
    own = "<Abstract><AbstractText>Own.</AbstractText></Abstract>"
    assert one(after=other).abstract == "Summary."
    assert one(inside=own, after=other).abstract == "Own."


def test_takes_the_identifiers_of_the_article_and_no_other() -> None:
    inside = (
        '<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>'
        '<ELocationID EIdType="pii" ValidYN="Y">bmjx-1</ELocationID>'
        '<ELocationID EIdType="doi" ValidYN="Y">https://doi.org/10.1000/ABC</ELocationID>'
    )
    data = (
        '<ArticleIdList><ArticleId IdType="pubmed">7</ArticleId><ArticleId IdType="pmc">PMC77</ArticleId>'
        '<ArticleId IdType="doi">10.1000/abc</ArticleId><ArticleId IdType="mid">NIHMS9</ArticleId></ArticleIdList>'
        "<ReferenceList><Reference><Citation>x</Citation><ArticleIdList>"
        '<ArticleId IdType="doi">10.1000/reference</ArticleId><ArticleId IdType="pmc">PMC1</ArticleId>'
        "</ArticleIdList></Reference></ReferenceList>"
    )
    record = one("7", inside=inside, data=data)
    assert (record.pmid, record.doi, record.pmcid) == ("7", "10.1000/abc", "PMC77")
    assert record.other_ids == (("pii", "bmjx-1"), ("nihms", "NIHMS9"))
    assert record.source_id == "7"
    assert record.url == "https://pubmed.ncbi.nlm.nih.gov/7/"


def test_a_second_doi_is_not_lost() -> None:
    record = one(
        inside='<ELocationID EIdType="doi" ValidYN="Y">10.1000/a</ELocationID>',
        data='<ArticleIdList><ArticleId IdType="doi">10.1000/b</ArticleId></ArticleIdList>',
    )
    assert (record.doi, record.other_ids) == ("10.1000/a", (("doi", "10.1000/b"),))


def test_writes_authors_as_medline_does() -> None:
    authors = (
        "<AuthorList>"
        "<Author><LastName>de Wit</LastName><ForeName>Anna B</ForeName><Initials>AB</Initials><AffiliationInfo>"
        "<Affiliation>Ward 1, Leeds.</Affiliation></AffiliationInfo><AffiliationInfo><Affiliation>Trust.</Affiliation>"
        "</AffiliationInfo></Author>"
        "<Author><LastName>Old</LastName><Initials>C</Initials><Suffix>Jr</Suffix></Author>"
        '<Author ValidYN="N"><LastName>Misspelt</LastName></Author>'
        "<Author><LastName>Mononym</LastName></Author>"
        "<Author><CollectiveName>The <i>Big</i> Group</CollectiveName></Author><Author/></AuthorList>"
    )
    record = one(inside=authors)
    assert record.authors == ("de Wit, Anna B", "Old, C Jr", "Mononym", "The Big Group")
    assert record.affiliations == ("Ward 1, Leeds.", "Trust.")


def test_reads_journal_pages_languages_and_types() -> None:
    data = document(
        "<PubmedArticle><MedlineCitation><PMID>5</PMID><DateRevised><Year>2024</Year><Month>02</Month><Day>29</Day>"
        '</DateRevised><Article><Journal><ISSN IssnType="Electronic">1470-7926</ISSN><JournalIssue>'
        "<Volume>12</Volume><Issue>3 Pt 1</Issue><PubDate><Year>2019</Year><Season>Winter</Season></PubDate>"
        "</JournalIssue><Title>Journal of Wards</Title><ISOAbbreviation>J Wards</ISOAbbreviation></Journal>"
        "<ArticleTitle>[A title].</ArticleTitle><Pagination><StartPage>5</StartPage><EndPage>9</EndPage></Pagination>"
        "<Language>fre</Language><Language>eng</Language>"
        "<PublicationTypeList><PublicationType>Journal Article</PublicationType>"
        "<PublicationType>Preprint</PublicationType></PublicationTypeList>"
        "<VernacularTitle>Un titre.</VernacularTitle></Article><MedlineJournalInfo><MedlineTA>J W</MedlineTA>"
        "<ISSNLinking>1351-0711</ISSNLinking></MedlineJournalInfo>"
        "<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading><MeshHeading>"
        "<DescriptorName>Hospitals</DescriptorName><QualifierName>standards</QualifierName>"
        "<QualifierName>trends</QualifierName></MeshHeading></MeshHeadingList>"
        "<KeywordList><Keyword>nurse <i>led</i></Keyword><Keyword> </Keyword></KeywordList></MedlineCitation>"
        '<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2020</Year><Month>1</Month><Day>2</Day>'
        '</PubMedPubDate><PubMedPubDate PubStatus="pubmed"><Year>2020</Year><Month>1</Month><Day>3</Day>'
        "</PubMedPubDate></History></PubmedData></PubmedArticle>"
    )
    (found,) = everything(data)
    assert isinstance(found, Fetched)
    record = found.record
    assert (record.journal, record.journal_abbreviation) == ("Journal of Wards", "J Wards")
    assert record.issns == ("1470-7926", "1351-0711")
    assert (record.volume, record.issue, record.pages) == ("12", "3 Pt 1", "5-9")
    assert record.published == PartialDate(2019, text="Winter 2019")
    assert record.language == "fre;eng"
    assert (record.title, record.title_original) == ("[A title].", "Un titre.")
    assert record.publication_types == ("Journal Article", "Preprint")
    assert record.entry_type == "preprint"
    assert record.mesh == ("Humans", "Hospitals/standards", "Hospitals/trends")
    assert record.keywords == ("nurse led",)
    assert (record.added, record.revised) == (date(2020, 1, 2), date(2024, 2, 29))
    assert found.raw.startswith("<PubmedArticle><MedlineCitation><PMID>5</PMID>")
    assert found.raw.endswith("</PubmedArticle>")


def test_a_title_not_available_gives_way_to_the_original() -> None:
    titles = "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Pflege im Wandel.</VernacularTitle>"
    assert one(inside=titles).title == "Pflege im Wandel."


def links(*items: tuple[str, str, str], types: tuple[str, ...] = ()) -> tuple[StatusLink, ...]:
    inner = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>{source}</RefSource>'
        + (f"<PMID>{pmid}</PMID>" if pmid else "")
        + "</CommentsCorrections>"
        for kind, source, pmid in items
    )
    kinds = "".join(f"<PublicationType>{name}</PublicationType>" for name in types)
    return one(
        inside=f"<PublicationTypeList>{kinds}</PublicationTypeList>",
        after=f"<CommentsCorrectionsList>{inner}</CommentsCorrectionsList>",
    ).status_links


@pytest.mark.parametrize(
    ("ref_type", "kinds"),
    [
        ("RetractionIn", ["retracted_by"]),
        ("RetractionOf", ["retraction_of"]),
        ("ExpressionOfConcernIn", ["concern_by"]),
        ("ExpressionOfConcernFor", ["concern_of"]),
        ("ErratumIn", ["corrected_by"]),
        ("ErratumFor", ["correction_of"]),
        ("UpdateIn", ["updated_by"]),
        ("UpdateOf", ["update_of"]),
        ("CommentIn", ["commented_by"]),
        ("CommentOn", ["comment_on"]),
        ("RepublishedIn", ["republished_as"]),
        ("RepublishedFrom", ["republished_from"]),
        ("RetractedandRepublishedIn", ["retracted_by", "republished_as"]),
        ("CorrectedandRepublishedFrom", ["correction_of", "republished_from"]),
        ("SummaryForPatientsIn", ["summary_for_patients"]),
        ("SomethingNewIn", ["other"]),
        ("Cites", []),
    ],
)
def test_links_say_how_documents_bear_on_each_other(ref_type: str, kinds: list[str]) -> None:
    assert [link.kind for link in links((ref_type, "J X. 2020", "9"))] == kinds
    assert all(link == StatusLink(link.kind, "pmid:9", ref_type) for link in links((ref_type, "J X. 2020", "9")))


def test_a_link_without_a_pmid_keeps_the_citation() -> None:
    assert links(("ErratumIn", "Lancet.  2001;1:2", "")) == (
        StatusLink("corrected_by", "Lancet. 2001;1:2", "ErratumIn"),
    )


def test_several_links_of_a_kind_are_all_kept() -> None:
    found = links(("ErratumIn", "", "1"), ("ErratumIn", "", "2"), ("RetractionIn", "", "3"))
    assert [(link.kind, link.target) for link in found] == [
        ("corrected_by", "pmid:1"),
        ("corrected_by", "pmid:2"),
        ("retracted_by", "pmid:3"),
    ]


def test_a_type_alone_says_that_a_paper_is_retracted() -> None:
    assert links(types=("Retracted Publication",)) == (StatusLink("retracted_by", "", "Retracted Publication"),)
    both = links(("RetractionIn", "", "3"), types=("Retracted Publication",))
    assert both == (StatusLink("retracted_by", "pmid:3", "RetractionIn"),)


def test_the_update_of_a_preprint_is_its_article() -> None:
    kinds = [link.kind for link in links(("UpdateIn", "", "3"), types=("Preprint",))]
    assert kinds == ["updated_by", "preprint_of"]


def test_versions_of_one_pmid_stand_by_themselves() -> None:
    found = everything(document(article("9"), article("9", version="2")))
    assert [(f.record.source_id, f.record.source_version) for f in found if isinstance(f, Fetched)] == [
        ("9", ""),
        ("9", "2"),
    ]


def test_deletions_are_told() -> None:
    deleted = "<DeleteCitation><PMID Version='1'>4</PMID>\n<PMID>5</PMID></DeleteCitation>"
    assert everything(document(article("1"), deleted))[1:] == [DeletedIds(("4", "5"))]


BOOK = (
    "<PubmedBookArticle><BookDocument><PMID>20301295</PMID><ArticleIdList>"
    '<ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList><Book><Publisher>'
    "<PublisherName>A Press</PublisherName></Publisher><BookTitle>Great Book</BookTitle><PubDate><Year>1993</Year>"
    '</PubDate><AuthorList Type="editors"><Author><LastName>Ed</LastName></Author></AuthorList>'
    "<Isbn>978-3-16-148410-0</Isbn></Book>{title}<Language>eng</Language>"
    '<AuthorList Type="authors"><Author><LastName>Writer</LastName><ForeName>W</ForeName></Author></AuthorList>'
    "<Abstract><AbstractText>About.</AbstractText></Abstract></BookDocument><PubmedBookData><History>"
    '<PubMedPubDate PubStatus="entrez"><Year>2010</Year><Month>3</Month><Day>20</Day></PubMedPubDate></History>'
    "</PubmedBookData></PubmedBookArticle>"
)


def test_reads_books_and_chapters() -> None:
    (chapter,) = everything(document(BOOK.format(title="<ArticleTitle>Chapter One</ArticleTitle>")))
    (book,) = everything(document(BOOK.format(title="")))
    assert isinstance(chapter, Fetched)
    assert isinstance(book, Fetched)
    assert (chapter.record.title, chapter.record.journal) == ("Chapter One", "Great Book")
    assert (chapter.record.entry_type, book.record.entry_type) == ("chapter", "book")
    assert (book.record.title, book.record.journal) == ("Great Book", "")
    assert chapter.record.authors == ("Writer, W",)
    assert chapter.record.isbns == ("9783161484100",)
    assert (chapter.record.year, chapter.record.publisher) == (1993, "A Press")
    assert chapter.record.other_ids == (("bookaccession", "NBK1"),)
    assert chapter.record.added == date(2010, 3, 20)


def test_bare_citations_take_the_data_after_them_along() -> None:
    inner = article("3", data='<ArticleIdList><ArticleId IdType="doi">10.1000/x</ArticleId></ArticleIdList>')
    inner = inner.removeprefix("<PubmedArticle>").removesuffix("</PubmedArticle>")
    data = f"<MedlineCitationSet>\n{inner}\n{inner}</MedlineCitationSet>".encode()
    found = everything(data)
    assert [item.record.doi for item in found if isinstance(item, Fetched)] == ["10.1000/x", "10.1000/x"]
    alone = inner.partition("<PubmedData>")[0]
    found = everything(f"<MedlineCitationSet>{alone}{alone}</MedlineCitationSet>".encode())
    assert [item.record.pmid for item in found if isinstance(item, Fetched)] == ["3", "3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2000 Dec 23- 30", PartialDate(2000, 12, None, "2000 Dec 23- 30")),
        ("2000 Dec 23", PartialDate(2000, 12, 23, "2000 Dec 23")),
        ("1998 Dec-1999 Jan", PartialDate(1998, None, None, "1998 Dec-1999 Jan")),
        ("2015 Nov-Dec", PartialDate(2015, None, None, "2015 Nov-Dec")),
        ("2000 Oct 30-Nov 5", PartialDate(2000, None, None, "2000 Oct 30-Nov 5")),
        ("Spring 2000", PartialDate(2000, None, None, "Spring 2000")),
        ("1976-1977", PartialDate(1976, None, None, "1976-1977")),
        ("2001 1st Quart", PartialDate(2001, None, None, "2001 1st Quart")),
        ("Winter", None),
        ("", None),
    ],
)
def test_vague_dates_keep_their_words_and_make_nothing_up(text: str, expected: PartialDate | None) -> None:
    assert medline_date(text) == expected


def test_a_day_without_a_month_is_not_a_date_of_a_day() -> None:
    issue = "<Journal><JournalIssue><PubDate><Year>2019</Year><Day>5</Day></PubDate></JournalIssue></Journal>"
    data = document(article("1").replace("<Journal><JournalIssue/></Journal>", issue))
    (found,) = everything(data)
    assert isinstance(found, Fetched)
    assert found.record.published == PartialDate(2019)


def test_one_damaged_article_costs_no_other() -> None:
    damaged = article("2").replace("</Article>", "")
    found = everything(document(article("1"), damaged, article("3")))
    assert [type(item) for item in found] == [Fetched, Unreadable, Fetched]
    assert isinstance(found[1], Unreadable)
    assert (found[1].source_id, found[1].where) == ("2", "line 5")
    assert found[1].raw == damaged


def test_an_article_without_end_or_number_is_told() -> None:
    no_end = article("2").removesuffix("</PubmedArticle>")
    found = everything(document(article("1"), no_end, article("3"), "<PubmedArticle></PubmedArticle>"))
    assert [type(item) for item in found] == [Fetched, Unreadable, Fetched, Unreadable]
    assert isinstance(found[1], Unreadable)
    assert isinstance(found[3], Unreadable)
    assert (found[1].reason, found[1].source_id) == ("the end of PubmedArticle is missing", "2")
    assert found[3].reason == "PubmedArticle without a PMID"


def test_mends_what_needs_no_guessing() -> None:
    title = "<ArticleTitle>A&nbsp;caf&eacute; &#x1;x</ArticleTitle>"
    assert one(inside=title).title == "A café x"
    latin = document(article(inside="<ArticleTitle>café</ArticleTitle>")).replace("é".encode(), b"\xe9")
    (found,) = everything(latin)
    assert isinstance(found, Fetched)
    assert found.record.title == "café"
    prefixed = document(article(inside="<ArticleTitle><m:mi>β</m:mi></ArticleTitle>"))
    (found,) = everything(prefixed.replace(b"<PubmedArticleSet>", b'<PubmedArticleSet xmlns:m="http://m">'))
    assert isinstance(found, Fetched)
    assert found.record.title == "β"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_reads_other_encodings(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><PubmedArticleSet>'
    text += article(inside="<ArticleTitle>Größe</ArticleTitle>") + "</PubmedArticleSet>"
    (found,) = everything(text.encode(encoding))
    assert isinstance(found, Fetched)
    assert found.record.title == "Größe"


def test_a_cut_document_gives_what_it_holds_and_then_says_so() -> None:
    whole = document(article("1"), article("2"), article("3"))
    found, message = until_error(whole[: whole.index(b">3<") + 10])
    assert [type(item) for item in found] == [Fetched, Fetched, Unreadable]
    assert "cut short" in message
    found, message = until_error(whole[: whole.rindex(b"</PubmedArticleSet>")])
    assert len(found) == 3
    assert "PubmedArticleSet is not closed" in message


def test_stray_text_between_articles_is_told() -> None:
    found, message = until_error(document(article("1"), "oops", article("2")))
    assert len(found) == 2
    assert "oops" in message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no element"),
        (b"just words", "just words"),
        (b"<html><head><title>Down</title></head><body>maintenance</body></html>", "maintenance"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "Unable to obtain query #1"),
        (b"<records><r/></records>", "root is <records>"),
        (b'<?xml version="1.0" encoding="klingon"?><PubmedArticleSet/>', "klingon"),
    ],
)
def test_what_is_not_pubmed_xml_is_refused_in_one_line(data: bytes, says: str) -> None:
    found, message = until_error(data)
    assert found == []
    assert says in message
    assert "\n" not in message


def test_an_empty_set_is_empty() -> None:
    assert everything(document()) == []
    assert everything(b"<PubmedArticleSet/>") == []


def test_comments_and_instructions_are_passed_over() -> None:
    assert len(everything(document("<!-- <PubmedArticle> > -->", "<?note a?>", article("1")))) == 1


def test_bombs_and_outside_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]><PubmedArticleSet>' + (
        article(inside="<ArticleTitle>&c;</ArticleTitle>").encode() + b"</PubmedArticleSet>"
    )
    assert "declares entities" in until_error(bomb)[1]
    assert until_error(bomb)[0] == []
    outside = bomb.replace(b'<!ENTITY b "bbbbbbbbbb">', b'<!ENTITY % b SYSTEM "file:///etc/passwd">')
    assert "declares entities" in until_error(outside)[1]
    late = document(article("1"), '<!DOCTYPE x [<!ENTITY b "x">]>', article("2"))
    assert "declares entities" in until_error(late)[1]


def test_an_undeclared_entity_is_kept_as_its_letters() -> None:
    assert one(inside="<ArticleTitle>a &unknown; b</ArticleTitle>").title == "a &unknown; b"


def test_blocks_of_any_size_give_the_same() -> None:
    class Slowly(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(7)

    data = document(
        article("1"), "<!-- c -->", article("2").replace("</Article>", ""), BOOK.format(title=""), article("4")
    )
    assert list(read(Slowly(data))) == everything(data)


@given(st.integers(0, 2000), st.binary(max_size=4), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_no_damage_raises_anything_but_a_data_error(at: int, instead: bytes, length: int) -> None:
    data = document(article("1"), article("2", inside="<ArticleTitle>x<i>y</i></ArticleTitle>"), article("3"))
    at %= len(data)
    found, _ = until_error(data[:at] + instead + data[at + length :])
    assert all(isinstance(item, Fetched | Unreadable | DeletedIds) for item in found)


@given(st.integers(0, 2000))
@settings(max_examples=100, deadline=None)
def test_what_stands_before_a_cut_is_always_read(at: int) -> None:
    articles = [article(str(n), inside=f"<ArticleTitle>T{n}</ArticleTitle>") for n in range(1, 5)]
    data = document(*articles)
    at = min(at, len(data) - len("</PubmedArticleSet>\n"))
    found, message = until_error(data[:at])
    whole = sum(data.index(text.encode()) + len(text) <= at for text in articles)
    assert sum(isinstance(item, Fetched) for item in found) == whole
    assert message


FILES = ["*.xml", "*.xml.gz", "metapub_pmid_xml/*.xml"]


@needs_shared
@pytest.mark.parametrize("pattern", FILES)
def test_reads_every_captured_article(pattern: str) -> None:
    seen = 0
    for path in sorted([*(SHARED / "payloads/pubmed").glob(pattern), *(SHARED / "topic").glob(pattern)]):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        expected = data.count(b"<MedlineCitation ") + data.count(b"<PubmedBookArticle>")
        if not expected:
            continue
        found = everything(data)
        assert sum(isinstance(item, Fetched) for item in found) == expected, path.name
        assert not [item for item in found if isinstance(item, Unreadable)], path.name
        seen += expected
    assert seen


@needs_shared
def test_the_edge_cases_of_a_real_update_file() -> None:
    path: Path = SHARED / "payloads/pubmed/pubmed21n1298__edge_excerpt.xml.gz"
    found = everything(gzip.decompress(path.read_bytes()))
    records = [item.record for item in found if isinstance(item, Fetched)]
    deleted = [item for item in found if isinstance(item, DeletedIds)]
    kinds = {link.kind for record in records for link in record.status_links}
    assert {"retracted_by", "retraction_of", "concern_by", "corrected_by", "correction_of", "updated_by"} <= kinds
    assert [len(item.ids) for item in deleted] == [20]
    assert {record.source_version for record in records} > {"", "2"}
    assert any(record.title_original for record in records)
    assert any(record.published and record.published.text for record in records)
    assert all(record.title and record.added and record.year for record in records)
