import pytest

from livingscan.records import StatusLink, Unreadable
from tests.formats.make import read, record, records


def test_embase_csv_with_a_preamble_and_page_breaks():
    header = (
        '"Title","Author Names","Source","Source title","Publication Year","Volume","Issue","First Page","Last Page",'
        '"Date of Publication","Publication Type","ISSN","Abstract","Emtree Medical Index Terms","Article Language",'
        '"Medline PMID","PUI","DOI","Embase Link","AiP/IP Entry Date","Full Record Entry Date"'
    )
    row = (
        '"Why wards stall","Yang Z., Jiang B., McNamara M.E.","Nat Comm (2024) 15:1 Article Number: 4063. Date",'
        '"Nature Communications","2024","15","1","","","1 Dec 2024","Article","2041-1723 (electronic)",'
        '"Background: One.\n\n\nResults: Two.","cyst (diagnosis, surgery), human","English","38773066","L2029880245",'
        '"10.1000/s41","https://www.embase.com/search/results?id=L2029880245","2024-05-28","2024-06-04"'
    )
    preamble = '"SEARCH QUERY","dinosaur:ti"\n-------------------------------------\n\n'
    first, second = records(f"{preamble}{header}\n{row}\n\n\n\f\n{header}\n{row}\n")
    assert first == second
    assert (first.source, first.source_id, first.pmid) == ("embase", "L2029880245", "38773066")
    assert first.authors == ("Yang, Z.", "Jiang, B.", "McNamara, M.E.")
    assert (first.journal, first.volume, first.issue, first.pages) == ("Nature Communications", "15", "1", "4063")
    assert (str(first.published), str(first.added), first.language) == ("2024-12-01", "2024-05-28", "eng")
    assert first.abstract == "Background: One.\nResults: Two."
    assert first.keywords == ("cyst (diagnosis, surgery)", "human")


def test_embase_fields_by_row():
    text = (
        '"TITLE","One"\n"AUTHOR NAMES","Yang Z.","Jiang B."\n"SOURCE TITLE","J X"\n"PUBLICATION YEAR","2020"\n'
        '"ABSTRACT","Text."\n"DOI","10.1000/1"\n\n"TITLE","Two"\n"AUTHOR NAMES","Bell T."\n"DOI","10.1000/2"\n'
    )
    first, second = records(text)
    assert (first.title, first.authors, first.year, first.doi) == ("One", ("Yang, Z.", "Jiang, B."), 2020, "10.1000/1")
    assert (second.title, second.authors) == ("Two", ("Bell, T.",))


def test_pubmed_csv():
    found = record(
        "\ufeffPMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n"
        '"30922926","Time lapse","Griffin DK, Larkin DM, O\'Connor RE.",'
        '"Eur J X. 2020 Feb;63(2):103640. doi: 10.1000/e.","Griffin DK","Eur J X","2020",'
        '"2019/03/30","PMC7026692","","10.1000/e"\n'
    )  # fmt: skip
    assert (found.source, found.source_id, found.pmcid) == ("pubmed", "30922926", "PMC7026692")
    assert found.authors == ("Griffin, DK", "Larkin, DM", "O'Connor, RE")
    assert (found.journal, found.volume, found.issue, found.pages) == ("Eur J X", "63", "2", "103640")
    assert (str(found.published), str(found.added)) == ("2020-02", "2019-03-30")


def test_ebsco_csv_hides_text_in_formulas():
    found = record(
        "Article Title,Author,Journal Title,ISSN,Publication Date,Volume,First Page,Page Count,Accession Number,DOI,"
        "Doctype,Subjects,Abstract,PLink\n"
        '"A title.","Curry, K; Bell, T",PLoS X,"=""19326203""","=""4/3/2024""",19,1,60,176404503,10.1000/j,Article,'
        '"FEMUR; DINOSAURS","Text. [ABSTRACT FROM AUTHOR] Copyright of PLoS X is the property of Y and so on.",'
        "https://search.ebscohost.com/login.aspx?direct=true&db=c8h&AN=176404503&site=ehost-live\n"
    )
    assert (found.source, found.source_id, found.issns) == ("cinahl", "176404503", ("1932-6203",))
    assert (str(found.published), found.pages, found.abstract) == ("2024-04-03", "1-60", "Text.")


def test_scopus_lens_openalex_cochrane_zotero_and_rayyan():
    scopus = record(
        "Authors,Author full names,Title,Year,Source title,Volume,Art. No.,DOI,Link,Author Keywords,PubMed ID,"
        "Language of Original Document,Abbreviated Source Title,Document Type,Source,EID\n"
        '"Wilson L.N.; Organ C.L.","Wilson, Lauren N. (58975547800); Organ, Chris (641)",T,2024,Nature X,15,2864,'
        "10.1000/1,https://www.scopus.com/inward/record.uri?eid=2-s2.0-85189760133,a; b,NA,English,Nat. X,Article,"
        "Scopus,2-s2.0-85189760133\n"
    )
    assert scopus.authors == ("Wilson, Lauren N.", "Organ, Chris (641)")
    assert (scopus.source, scopus.source_id, scopus.pages, scopus.pmid) == ("scopus", "2-s2.0-85189760133", "2864", "")
    lens = record(
        "Lens ID,Title,Date Published,Publication Year,Source Title,Author/s,Start Page,End Page,PMID,DOI,PMCID\n"
        "000-360-106-493-122,T,2020-11-22,2020,J,Petar Radanliev; David De Roure,1,12,33251087,10.1000/2,PMC7680653\n"
    )
    assert (lens.source, lens.source_id) == ("lens", "000-360-106-493-122")
    assert lens.authors == ("Radanliev, Petar", "De Roure, David")
    openalex = record(
        "id,doi,title,publication_year,language,is_retracted,authorships.author.display_name,biblio.first_page,"
        "biblio.last_page,primary_location.source.display_name,created_date\n"
        "https://openalex.org/W4387881419,https://doi.org/10.1000/3,T,2024,en,True,Alba Vicente|Jo Bell,1,9,J,"
        "2023-10-24\n"
    )
    assert (openalex.source, openalex.source_id, openalex.language) == ("openalex", "W4387881419", "eng")
    assert openalex.status_links == (StatusLink("retracted_by", "", "is_retracted"),)
    assert (openalex.authors, openalex.pages) == (("Vicente, Alba", "Bell, Jo"), "1-9")
    cochrane = record(
        "CENTRAL ID,Author(s),Title,Source,Year,PubMed ID,Publication Type\n"
        '"CN-00778158","Bywater, T; Hutchings, J",T,Trials,2011,PUBMED 21314913,Journal article\n'
    )
    assert (cochrane.source, cochrane.source_id, cochrane.pmid) == ("cochrane", "CN-00778158", "21314913")
    assert cochrane.journal == "Trials"
    zotero = record(
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","Abstract Note","Extra","Archive"\n'
        '"YVC6GC78","journalArticle","2024","Yang, Z.; Xu, J.","T","J","Text.","PMID: 123\nPMCID: PMC456",""\n'
    )
    assert (zotero.source, zotero.source_id, zotero.pmid, zotero.pmcid) == ("zotero", "123", "123", "PMC456")
    rayyan = record(
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,"
        "doi,keywords,pubmed_id,pmc_id\n"
        'rayyan-42,T,2024,3,7,J,0028-0836,15,1,,"Yang, Z. and Xu, J.",https://x.test     U2  - L2,English,,,,,'
        "10.1000/4,a;b,7,PMC8\n"
    )
    assert (rayyan.source, rayyan.source_id, rayyan.pmid, rayyan.pmcid) == ("rayyan", "rayyan-42", "7", "PMC8")
    assert (str(rayyan.published), rayyan.url) == ("2024-03-07", "https://x.test")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter(mark):
    text = mark.join(["title", "abstract", "doi", "first_authors"]) + "\n"
    text += mark.join(["T", "Text.", "10.1000/x", "\"['Marx, Karl', 'Bell, Jo']\""]) + "\n"
    found = record(text)
    assert (found.title, found.doi, found.authors) == ("T", "10.1000/x", ("Marx, Karl", "Bell, Jo"))


def test_rows_with_missing_values_are_all_there():
    text = 'title,abstract,doi\n"T",,\n,"Text.",\n"","",10.1000/x\n   ,   ,10.1000/y\nonly one cell\n'
    assert [(found.title, found.abstract, found.doi) for found in records(text)] == [
        ("T", "", ""), ("", "Text.", ""), ("", "", "10.1000/x"), ("", "", "10.1000/y"), ("only one cell", "", ""),
    ]  # fmt: skip


def test_a_row_with_too_many_cells_is_kept_and_reported():
    first, second = read("title,doi\nA title, with a comma,10.1000/x\nGood,10.1000/y\n")
    assert isinstance(first, Unreadable)
    assert (first.where, first.raw) == ("file.txt:2", "A title, with a comma,10.1000/x")
    assert not isinstance(second, Unreadable)


def test_a_quote_never_closed_costs_its_row_and_not_the_file():
    rows = "".join(f"Title {number},10.1000/{number},Text {number}\n" for number in range(100))
    text = "title,doi,abstract\n" + rows.replace("Title 10,", '"Title 10,')
    titles = {found.title for found in records(text)}
    assert titles == {f"Title {number}" for number in range(100)}


def test_huge_cells_and_markup():
    long = "word " * 60_000
    found = record(f'title,abstract,doi\n"<i>E. coli</i> &amp; co","{long}",10.1000/x\n')
    assert found.title == "E. coli & co"
    assert len(found.abstract) == len(long) - 1


def test_formulas_stay_text():
    assert record('title,doi\n"=HYPERLINK(""http://x"")",10.1000/x\n').title == '=HYPERLINK("http://x")'


def test_glued_author_lists_of_spreadsheets():
    assert record("title,authors,year\nT,Adeli K.Lewis G. F.,2008\n").authors == ("Adeli, K.", "Lewis, G. F.")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Titel;Autoren;Jahr;Zeitschrift;Band;Heft;Seiten;Sprache;Schlagwörter", "Deutsch"),
        ("Título;Autores;Año;Revista;Volumen;Número;Páginas;Idioma;Palabras clave", "Español"),
        ("Titre;Auteurs;Année;Revue;Volume;Numéro;Pages;Langue;Mots-clés", "Français"),
        ("Titolo;Autori;Anno;Rivista;Volume;Fascicolo;Pagine;Lingua;Parole chiave", "Italiano"),
    ],
)
def test_headers_in_other_languages(header, language):
    found = record(f'{header}\n"Ein; Titel";"Müller, Jörg; Bell, A";2020;J X;3;4;1-9;{language};"a; b"\n')
    assert (found.title, found.authors, found.year) == ("Ein; Titel", ("Müller, Jörg", "Bell, A"), 2020)
    assert (found.journal, found.volume, found.issue, found.pages) == ("J X", "3", "4", "1-9")
    assert found.keywords == ("a", "b")
    assert len(found.language) == 3


def test_cochrane_reviews_stand_in_their_database():
    found = record(
        "Cochrane Review ID,Author(s),Title,Source,Year\nCD1,Bell T,T,Cochrane Database of Systematic Reviews,2020\n"
    )
    assert (found.source, found.journal) == ("cochrane", "Cochrane Database of Systematic Reviews")


def test_a_range_of_pages_beside_the_first_page():
    assert record("title,year,pages,startPage\nT,2020,10-20,10\n").pages == "10-20"
    assert record("title,year,pages,startPage\nT,2020,11,10\n").pages == "10"


def test_web_of_science_letters_are_no_publication_type():
    found = record(
        "Publication Type,Authors,Article Title,Document Type,UT (Unique WOS ID)\nJ,Bell T,T,Article,WOS:1\n"
    )
    assert found.publication_types == ("Article",)


def test_what_spreadsheets_make_of_pages_and_links():
    found = record(
        'title,pages,issue,doi\nT,2024-10-20,2024-03-04,"=HYPERLINK(""https://doi.org/10.1000/x"",""link"")"\n'
    )
    assert (found.pages, found.issue, found.doi) == ("10-20", "3-4", "10.1000/x")
    assert record("title,pages,doi\nT,20-Oct,10.1000/x\n").pages == "10-20"


def test_a_column_called_type():
    assert record("title,type,doi\nT,article,10.1000/x\n").publication_types == ("article",)


def test_columns_headed_by_the_tags_of_ovid():
    found = record(
        'DB,AN,PM,TI,AU,SO,IS,PT,LG\nEmbase,2001,7,T,Bell T.,"J X. 3(4):1-9, 2020.",0028-0836,Article,English\n'
    )
    assert (found.source, found.pmid, found.authors) == ("embase", "7", ("Bell, T.",))
    assert (found.journal, found.volume, found.issue, found.pages) == ("J X", "3", "4", "1-9")
    assert (found.issns, found.language, found.publication_types) == (("0028-0836",), "eng", ("Article",))
