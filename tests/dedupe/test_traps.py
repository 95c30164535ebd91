"""Pairs as other sources write them, and pairs that only look alike: what a careful librarian would say of them."""

from dataclasses import replace

import pytest

from livingscan.dedupe.block import block_keys
from livingscan.dedupe.engine import find_duplicates
from livingscan.dedupe.item import Item, item_from_row
from tests.dedupe.pieces import link

TITLE = "Obstacles to early mobilisation after hip fracture in district hospitals: a mixed methods study of wards"
AUTHORS = "Marsh, Eleanor; Okafor, Chidi; Lindqvist, Sven; Tanaka, Yuki"
ROW = {
    "title": TITLE, "authors": AUTHORS, "year": "2018", "journal": "Journal of Improvement Practice", "volume": "12",
    "number": "3", "pages": "221-228", "doi": "10.5555/jip.2018.221",
    "abstract": "Background: early mobilisation is recommended yet seldom delivered. Methods: forty interviews in six "
    "hospitals, analysed by framework. Results: staff named missing equipment, unclear roles and rota gaps.",
}  # fmt: skip


def row(**changes: str) -> Item:
    """The paper with some fields written otherwise, or left out ("")."""
    return item_from_row({"id": "a", **ROW, **changes})


def bare(**changes: str) -> Item:
    """The same without place and abstract, as interfaces return it."""
    return row(**{"journal": "", "volume": "", "number": "", "pages": "", "abstract": "", **changes})


def lone(**changes: str) -> Item:
    """The same without DOI as well."""
    return bare(**{"doi": "", **changes})


def made(**fields: str) -> Item:
    return item_from_row({"id": "a", **fields})


CHINESE = "区县医院髋部骨折术后早期活动障碍的混合方法研究"
SAME = {
    "all capitals": (row(), lone(title=TITLE.upper())),
    "title and DOI alone": (row(), bare(authors="", year="")),
    "title and year alone": (row(), lone(authors="")),
    "the first author alone": (row(), lone(authors="Marsh E")),
    "et al.": (row(), lone(authors="Marsh E, Okafor C, et al.")),
    "initials first": (row(), lone(authors="E. Marsh and C. Okafor and S. Lindqvist and Y. Tanaka")),
    "ampersand": (row(), lone(authors="Marsh, E., Okafor, C., Lindqvist, S., & Tanaka, Y.")),
    "a name without initials among others": (
        row(authors="Marsh, Eleanor; Okafor, Chidi; Ruud Bakker"),
        lone(authors="Marsh, E.E., Okafor, C., Ruud Bakker"),
    ),
    "the DOI in the address": (row(), bare(doi="", authors="", url="https://doi.org/10.5555/JIP.2018.221")),
    "the DOI with entities": (
        row(doi="10.5555/(x)74:1<73::a>3.0"), bare(doi="10.5555/(X)74:1&lt;73::A&gt;3.0", year="")),
    "a translated title under the same DOI": (
        row(), bare(title="Hindernisse der frühen Mobilisation nach der Hüftfraktur in den Kreiskliniken")),
    "a subtitle missing that says protocol, same DOI": (
        row(title=TITLE.split(":")[0] + ": a study protocol"), bare(title=TITLE.split(":")[0], authors="")),
    "a Chinese title under the same DOI": (row(), bare(title=CHINESE)),
    "a Chinese title": (
        made(title=CHINESE, authors="王伟; 李娜", year="2018", journal="中华医学杂志", volume="98", pages="221-228"),
        made(title=CHINESE, authors="王伟; 李娜", year="2018")),
    "a journal in two scripts": (
        made(title=CHINESE, authors="王伟", year="2018", journal="中华医学杂志", volume="98", pages="221-228"),
        made(title=CHINESE, authors="王伟", year="2018", journal="National Medical Journal", volume="98")),
    "its journal behind the title": (
        row(journal="Wards and Care", doi=""), lone(title=TITLE + ". Wards and Care", journal="Wards and Care")),
    "marked by Google Scholar": (row(), lone(title="[HTML] [HTML] " + TITLE)),
    "a version behind the title": (row(), lone(title=TITLE + " [version 2; peer review: 2 approved]")),
    "umlauts spelt out": (
        row(title="Früherkennung von Stürzen auf langen Fluren der Krankenhäuser"),
        lone(title="Frueherkennung von Stuerzen auf langen Fluren der Krankenhaeuser")),
    "British and American": (
        row(title="Randomised trial of behavioural counselling for paediatric anaemia in rural centres"),
        lone(title="Randomized trial of behavioral counseling for pediatric anemia in rural centers")),
    "isotopes in three spellings": (
        row(title="Uptake of [11C]tolvane and [18F]sertane in elderly patients after hip surgery"),
        bare(title="Uptake of C-11 tolvane and F-18-sertane in elderly patients after hip surgery")),
    "Greek letters lost": (
        row(title="Role of TNF-α and β-blockers in the recovery of elderly patients after surgery"),
        bare(title="Role of TNF-a and b-blockers in the recovery of elderly patients after surgery")),
    "a sharp s for a beta": (
        row(title="Loss of PPARβ and β cells in the recovery of elderly patients after surgery"),
        lone(title="Loss of PPARß and ß cells in the recovery of elderly patients after surgery")),
    "a short title by many": (
        made(title="Hip fracture pathways", authors=AUTHORS, year="2018", journal="Wards", volume="1", pages="2-9"),
        made(title="Hip fracture pathways", authors=AUTHORS, year="2018")),
    "a title of one word by its DOI": (
        made(title="Frailty", authors=AUTHORS, year="2018", journal="Wards", doi="10.5555/f.1"),
        made(title="Frailty", doi="10.5555/f.1")),
    "no title, but DOI and authors": (row(), made(authors=AUTHORS, year="2018", doi=ROW["doi"])),
    "the first page alone": (row(doi="", abstract=""), row(doi="", abstract="", pages="221", authors="")),
    "a book": (
        made(title="Improving hospital wards: a handbook for teams", authors="Marsh, E", year="2018", entrytype="book"),
        made(title="Improving Hospital Wards : A Handbook for Teams", authors="Eleanor Marsh", year="2018")),
}  # fmt: skip

SUPPLEMENT = {"number": "Suppl 1", "pages": "S44", "abstract": ""}
EDITORIAL = {
    "title": "Editorial",
    "authors": "Marsh, E",
    "year": "2018",
    "journal": "Wards",
    "volume": "12",
    "pages": "1-2",
}
COCHRANE = {"journal": "Cochrane Database of Systematic Reviews", "volume": "", "pages": "CD001234", "abstract": ""}
APART = {
    "men and women on one page": (
        row(title="Early mobilisation and recovery in men after hip fracture", **SUPPLEMENT),
        row(title="Early mobilisation and recovery in women after hip fracture", **SUPPLEMENT)),
    "men and women, bare, one DOI": (
        bare(title="Early mobilisation and recovery in men after hip fracture"),
        bare(title="Early mobilisation and recovery in women after hip fracture")),
    "typical and atypical": (
        lone(title="Recovery of patients with typical lesions after hip fracture surgery"),
        lone(title="Recovery of patients with atypical lesions after hip fracture surgery")),
    "two doses": (
        lone(title="Safety of tolvane 10 mg in elderly patients after hip fracture surgery"),
        lone(title="Safety of tolvane 20 mg in elderly patients after hip fracture surgery")),
    "part 2 of it": (row(), lone(title=TITLE + ": part 2")),
    "its protocol": (
        lone(title="Early mobilisation after hip fracture in district hospitals: protocol for a systematic review"),
        lone(title="Early mobilisation after hip fracture in district hospitals: a systematic review")),
    "a guideline's update": (
        lone(title="Guidelines for the management of hip fracture in district hospitals"),
        lone(title="Guidelines for the management of hip fracture in district hospitals: 2017 update")),
    "an annual report of one title": (
        made(title="National hip fracture report on district hospitals", authors="Hip Registry", year="2016"),
        made(title="National hip fracture report on district hospitals", authors="Hip Registry", year="2018")),
    "a Cochrane review and its update, no DOI": (
        row(**COCHRANE, number="3", doi=""), row(**COCHRANE, number="", doi="", year="2020")),
    "an abstract with fewer authors": (
        row(doi="", journal="Age and Care", volume="4", **SUPPLEMENT, authors="Marsh E; Lindqvist S; Sato K"),
        lone(authors="Marsh, Eleanor; Okafor, Chidi; Lindqvist, Sven; Sato, Ken")),
    "the same DOI by mistake": (row(), row(journal="Annals of Falls", volume="99", pages="17", number="", abstract="")),
    "versions of a preprint": (
        bare(journal="Research Square", doi="10.21203/rs.3.rs-1/v1"),
        bare(journal="Research Square", doi="10.21203/rs.3.rs-1/v2")),
    "a preprint by its journal": (row(), bare(journal="CoRR", volume="abs/1801.00001", doi="")),
    "a preprint by its title": (row(), lone(title=TITLE + " (Preprint)")),
    "a letter of the same title": (row(), lone(authors="Petrov, Ivan", journal="Journal of Improvement Practice")),
    "an erratum as Web of Science has it": (row(), lone(title=TITLE + " (vol 12, 221, 2018)")),
    "an erratum by its DOI": (row(), lone(title=TITLE + " (Jul, 10.5555/jip.2018.221, 2018)")),
    "an erratum as APA has it": (row(), lone(title=f"“{TITLE}”: Correction to Marsh et al. (2018).")),
    "corrections": (row(), lone(title="Corrections: " + TITLE)),
    "an answer to a letter": (row(), lone(title=f"Response by Marsh et al to Letter Regarding Article, “{TITLE}”")),
    "an editorial of an unknown issue": (made(**EDITORIAL, number="1"), made(**EDITORIAL)),
    "an editorial of another length": (made(**EDITORIAL), made(**{**EDITORIAL, "pages": "1-7"})),
    "a book and its chapter": (
        made(title="Improving hospital wards", authors="Marsh, E", year="2018", entrytype="book"),
        made(title="Improving hospital wards", authors="Marsh, E", year="2018", pages="33-60", entrytype="inbook")),
    "another Chinese title": (
        made(title=CHINESE, authors="王伟; 李娜", year="2018"),
        made(title="区县医院髋部骨折术后疼痛管理障碍的混合方法研究", authors="王伟; 李娜", year="2018")),
    "a bracketed title on the same page of another issue": (
        row(title="[Algorithms in the management of employees and digital innovation]", doi="", abstract=""),
        row(title="Services mediated by the platforms: work and job precariousness", doi="", abstract="", number="2")),
    "an introduction and the issue it opens": (
        row(title="Introduction", doi="", authors="", abstract=""),
        row(title="[Crowds and the management of data].", authors="")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_copies_are_linked(name: str) -> None:
    a, b = SAME[name]
    b = replace(b, id="b")
    assert set(block_keys(a)) & set(block_keys(b)), "never compared"
    assert find_duplicates([a, b]).groups["b"] == "a", link(a, b).in_words()


@pytest.mark.parametrize("name", APART)
def test_other_reports_are_not(name: str) -> None:
    a, b = APART[name]
    b = replace(b, id="b")
    found = link(a, b)
    assert found.relation != "same", found.in_words()
    assert find_duplicates([a, b]).groups["b"] == "b"
