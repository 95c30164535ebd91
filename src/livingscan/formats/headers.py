"""What the columns of a table mean, and which database's export a header row shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# field -> the headers that mean it, squashed (see squash). The order of headers is the order of preference.
_NAMES: dict[str, str] = {
    "title": (
        "title articletitle documenttitle primarytitle papertitle publicationtitletitle ti t1 displayname studytitle"
        " itemtitle recordtitle reporttitle englishtitle"
    ),
    "short_title": "shorttitle",
    "original_title": "originaltitle vernaculartitle titleoriginal foreigntitle",
    "abstract": "abstract ab abstracts abstractnote summary abstracttext briefsummary n2 originalabstract",
    "author": (
        "authorfullnames author authors authornames authoraus authorss au firstauthors authorlist creators"
        " contributors authorshipsauthordisplayname authorshipsrawauthorname authornamess inventors"
    ),
    "editor": "editor editors bookeditors",
    "year": "year publicationyear publishedyear pubyear yr py yearpublished publicationyearpy yearofpublication",
    "date": (
        "publicationdate datepublished dateofpublication pubdate coverdate dp earlyaccessdate publicationdateprint"
        " date published publicationdateonline issuedate startdate"
    ),
    "journal": (
        "journal journaltitle sourcetitle publicationtitle journalbook publication source secondarytitle pubtitle"
        " primarylocationsourcedisplayname hostvenuedisplayname journalname journalfullname so jf t2 venue jn"
        " containertitle publicationname parenttitle periodical"
    ),
    "journal_abbreviation": (
        "journalabbreviation abbreviatedsourcetitle journalisoabbreviation alternatetitle2 journalabbrev abbreviation"
        " shortjournal isoabbreviation j9 ja"
    ),
    "book_title": "booktitle anthologytitle",
    "series": "series seriestitle bookseriestitle",
    "volume": "volume vol vl bibliovolume journalvolume vi vo",
    "issue": "issue issuenumber number is biblioissue issueno no journalissue ip",
    "start": "startpage firstpage pagestart bp sp bibliofirstpage beginningpage",
    "end": "endpage lastpage pageend ep bibliolastpage endingpage",
    "pages": "pages page pagination pg pagerange pagenumbers",
    "article_number": "artno articlenumber ar articleno",
    "serial": (
        "issn issns eissn issnprint issnonline sn primarylocationsourceissn primarylocationsourceissnl electronicissn"
    ),
    "isbn": "isbn isbns",
    "doi": "doi digitalobjectidentifier do di idsdoi doilink doiurl articledoi itemdoi",
    "pmid": "pmid pm pubmedid medlinepmid idspmid pmids medlineid pubmed pubmedidpmid pubmedunique",
    "pmcid": "pmcid pmcid pmcpmcid idspmcid pmc pmcids",
    "accession": (
        "accessionnumber an pui eid lensid centralid uniquewosid utuniquewosid ut uniqueid publicationid storeid"
        " cochranereviewid embaseaccessionid nctnumber idsopenalex uniqueidentifier ui ericnumber"
    ),
    "maybe_accession": "id key recordid itemid refid covidence",
    "database": "database databasename db databases sourcedatabase databasesource archive librarycatalog longdbname",
    "language": (
        "language articlelanguage languageofarticle languageoforiginaldocument la lg lang languages"
        " languageofpublication"
    ),
    "kind": "itemtype typeofreference entrytype referencetype reftype pubtypegroup type",
    "publication_type": (
        "publicationtype documenttype doctype dt articletype publicationtypes pt sourcetype documenttypes mediatype"
        " typeofarticle typecrossref contenttype doctypes"
    ),
    "keyword": (
        "keywords authorkeywords keyword de indexkeywords subjects subjectterms keywordsplus emtreemedicalindexterms"
        " emtreemedicalindextermsmajorfocus emtreedrugindexterms emtreedrugindextermsmajorfocus manualtags"
        " automatictags keywordsdisplayname kw descriptors subject subjectheadings fieldsofstudy identifierkeywords"
    ),
    "mesh": "meshterms mesh meshheadings meshdisplayname mh meshdescriptordescriptorname",
    "affiliation": (
        "affiliations affiliation addresses authoraddresses authoraffiliation c1 authorsaffiliations rawaffiliations"
    ),
    "publisher": "publisher bookpublisher pu publishername primarylocationsourcehostorganizationname",
    "link": (
        "url link plink embaselink externalurl urls dimensionsurl documenturl sourceurl links articleurl studyurl"
        " primarylocationlandingpageurl ur permalink persistentlink recordurl webofsciencerecord"
    ),
    "more_link": "fulltextlink sourceurls openurllink linkattachments fulltexturl doilinks pdflink",
    "note": "notes note extra n1",
    "citation": "citation sourceline ovidsource",
    "added": (
        "createdate createddate aipipentrydate fullrecordentrydate entrydate crdt dateadded2 dateofentry datecreated"
    ),
    "revised": "updateddate lastrevised daterevised",
}  # fmt: skip
# The same in German, Spanish, French, Italian, Portuguese and Dutch, as spreadsheets and local catalogues head them.
_ELSEWHERE: dict[str, str] = {
    "title": "titel titulo titre titolo",
    "abstract": "zusammenfassung resumen resume riassunto resumo samenvatting",
    "author": "autor autoren autorin verfasser autores auteur auteurs autore autori",
    "year": "jahr erscheinungsjahr publikationsjahr ano anodepublicacion annee anneedepublication anno jaar",
    "journal": "zeitschrift revista revue rivista periodico tijdschrift",
    "volume": "band jahrgang volumen tome jaargang",
    "issue": "heft ausgabe heftnummer numero fascicolo nummer",
    "pages": "seiten seitenzahlen paginas pagine",
    "language": "sprache idioma langue lingua taal",
    "keyword": (
        "schlagworter schlagworte stichworter stichworte palabrasclave descriptores motscles parolechiave"
        " palavraschave trefwoorden"
    ),
    "publisher": "verlag editorial editeur editore editora uitgever",
    "publication_type": "dokumenttyp publikationstyp tipodedocumento typededocument tipodipubblicazione",
}
_FIELDS: dict[str, list[tuple[int, str]]] = {}
for _field, _headers in _NAMES.items():
    for _rank, _header in enumerate(f"{_headers} {_ELSEWHERE.get(_field, '')}".split()):
        _FIELDS.setdefault(_header, []).append((_rank, _field))

# A table is one of records only if it has one of these.
_CENTRAL = frozenset({"title", "doi", "pmid", "abstract", "accession", "short_title"})

# (source, headers that only its exports have together)
_SIGNATURES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (name, frozenset(headers.split()))
    for name, headers in (
        ("embase", "authornames embaselink"),
        ("embase", "pui sourcetitle"),
        ("embase", "authornames emtreemedicalindexterms"),
        ("cochrane", "centralid"),
        ("cochrane", "cochranereviewgroupcode"),
        ("cochrane", "cochranereviewid"),
        ("covidence", "covidence study"),
        ("covidence", "covidence publishedyear"),
        ("scopus", "eid sourcetitle"),
        ("scopus", "authorsid sourcetitle"),
        ("wos", "utuniquewosid"),
        ("wos", "uniquewosid"),
        ("wos", "keywordsplus sourcetitle"),
        ("pubmed", "pmid journalbook createdate"),
        ("pubmed", "pmid nihmsid citation"),
        ("lens", "lensid"),
        ("openalex", "authorshipsauthordisplayname"),
        ("openalex", "authorshipsauthorposition"),
        ("openalex", "idsopenalex"),
        ("dimensions", "dimensionsurl publicationid"),
        ("zotero", "itemtype abstractnote publicationtitle"),
        ("rayyan", "key pubmedid pmcid location"),
        ("rayyan", "key pmcid notes month"),
        ("abstrackr", "internalid sourceid pubmedid consensus"),
        ("eppi", "included id shorttitle"),
        ("eppi", "itemid shorttitle"),
        ("ebsco", "plink doctype"),
        ("ebsco", "plink accessionnumber"),
        ("proquest", "storeid documenturl"),
        ("googlescholar", "authors title publication volume number pages year publisher"),
        ("googlescholar", "gsrank"),
        ("biorxiv", "authorcorresponding linkpage version"),
        ("clinicaltrials", "nctnumber studytitle"),
    )
)
# Sources that write "Jane Smith".
GIVEN_FIRST = frozenset({"openalex", "lens"})


def squash(header: str) -> str:
    """A header without case, accents, blanks and signs: "Author(s) ID" is "authorsid", "Año" is "ano"."""
    letters = header if header.isascii() else unicodedata.normalize("NFKD", header)
    return re.sub(r"[^a-z0-9]+", "", letters.lower())


def fields_of(header: str) -> list[tuple[int, str]]:
    """(rank among the headers of that field, field) for what a header means; [] where nothing is known."""
    return _FIELDS.get(squash(header), [])


def is_header(cells: Sequence[str]) -> int:
    """How many cells of a row are headers that we know; 0 where the row can't be a header row of records."""
    given = [cell for cell in cells if cell.strip()]
    known = [cell for cell in given if len(cell) < 80 and fields_of(cell)]
    central = any(field in _CENTRAL for cell in known for _, field in fields_of(cell))
    if not central or (len(known) * 3 < len(given) and len(known) < 4):
        return 0
    if len(given) == 1:
        return int(re.fullmatch(r"[\w ]+", given[0].strip()) is not None)
    return len(known) if len(known) > 1 else 0


def source_of_headers(cells: Sequence[str]) -> str:
    """The database or program whose exports have this header row, or ""."""
    headers = {squash(cell) for cell in cells}
    exact = {squash(cell): cell.strip().lower() for cell in cells}
    if exact.get("covidence") == "covidence":
        headers.discard("covidence")
    return next((name for name, needed in _SIGNATURES if needed <= headers), "")


def is_tagged(cells: Sequence[str]) -> bool:
    """Whether the columns are headed by Web of Science's two-letter tags (its tab-delimited export), not Ovid's."""
    given = {cell.strip() for cell in cells if cell.strip()}
    return (
        {"PT", "AU", "TI", "SO"} <= given and not given & {"DB", "VN", "UI"} and all(len(cell) <= 3 for cell in given)
    )
