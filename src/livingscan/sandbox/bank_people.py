"""Invented people, places and journals for the synthetic literature. None of the organisations exists."""

from __future__ import annotations

from dataclasses import dataclass

_FAMILIES = """
Abara Adeyemi Ahmadi Akhtar Aldous Anand Ashdown Ashworth Bainbridge Balogun Banerjee Barrowclough Beckwith Bevan
Bhandari Birtwistle Blackwood Boateng Bowes Brannigan Broadhurst Calder Campion Carmody Chadwick Chaudhry Chisholm
Clegg Colclough Corrigan Crowther Dalgleish Danso Davenport Dhillon Docherty Drysdale Duckworth Eastwood Egan Ekwueme
Elphick Entwistle Fairclough Farrow Feeney Fenwick Ferreira Findlay Forsyth Gallacher Garside Ghosh Gilchrist Goddard
Greenhalf Grimshaw Gunaratne Hallam Haque Harkness Hartnett Haverhill Hawthorn Heaney Hebblethwaite Hinchcliffe
Holroyd Hosseini Hughes Ibekwe Ingham Iqbal Jaffer Jardine Jeyarajah Kavanagh Kaur Keighley Kershaw Khatun Kinsella
Kowalczyk Lachlan Lamptey Larkin Leadbetter Lindqvist Llewellyn Lomax MacAskill Mahmood Malhotra Mansfield Mbeki
McAteer McGrory Mehta Menzies Mistry Molyneux Mukherjee Nair Nettleton Nnamdi O'Dowd O'Hanlon Obi Okafor Oldroyd Omar
Osei Owusu Pankhurst Parvez Pemberton Pilkington Prendergast Priestley Qureshi Rahman Ramanathan Rawstron Redfern
Rees-Hughes Rigby Roscoe Rutherford Sandhu Saxena Scargill Sefton Shackleton Sharma Siddiqui Sinclair Slater Sowerby
Stansfield Sutcliffe Tattersall Thackray Thistlethwaite Tomlinson Traynor Turnbull Uddin Umar Vasquez Venkatesan
Verity Wadsworth Walsh Warburton Whitelaw Wickramasinghe Wolstenholme Wrigley Yilmaz Younis Zaman
"""
FAMILIES = tuple(_FAMILIES.split())

_GIVENS = """
Aaliyah Abena Adam Adaeze Ahmed Aisling Alan Alasdair Amina Amy Andrew Anita Anwen Arjun Ayesha Bethan Brian Bridget
Callum Caoimhe Caroline Catherine Chidi Chloe Christopher Claire Colin Conor Daniel David Deepa Demi Donal Dylan
Eilidh Eleanor Elizabeth Emeka Emma Esther Ewan Farah Fatima Femi Fergus Fiona Frances Gareth George Grace Graham
Hannah Harpreet Hassan Heather Helen Iain Imran Ingrid Isla Jacob James Jasmine Jennifer Joanna John Jonathan Kamal
Karen Katherine Kavita Kwame Laura Leila Liam Linda Louise Lucy Mairi Malcolm Margaret Martin Mary Matthew Maya Megan
Michael Mohammed Nadia Naomi Neil Niamh Nikhil Nina Olivia Oluwaseun Owen Patrick Paul Peter Philippa Priya Rachel
Rebecca Rhiannon Richard Robert Rosalind Ruth Samira Samuel Sandeep Sarah Sean Shabana Sian Simon Sofia Stephen Stuart
Sunita Susan Tariq Thomas Tunde Victoria Vikram William Yasmin Yusuf Zainab Zoe
"""
GIVENS = tuple(_GIVENS.split())

# (place, nation): invented towns and counties of the four nations.
PLACES = (
    ("Thornmere", "England"),
    ("Harlowby", "England"),
    ("Wexcombe", "England"),
    ("Calderwick", "England"),
    ("Eastmarsh", "England"),
    ("Netherfold", "England"),
    ("Aldenbury", "England"),
    ("Brackenshaw", "England"),
    ("Saltreach", "England"),
    ("Oakhamstead", "England"),
    ("Millbeck", "England"),
    ("Strathalder", "Scotland"),
    ("Kilbrannoch", "Scotland"),
    ("Invercarron", "Scotland"),
    ("Penrhosen", "Wales"),
    ("Llanfedwyn", "Wales"),
    ("Ballycorran", "Northern Ireland"),
)

COUNTRIES = (
    ("Australia", "Australian", "Wattlebrook University"),
    ("Canada", "Canadian", "University of Cedar Narrows"),
    ("the Netherlands", "Dutch", "Oosterwaal University Medical Centre"),
    ("Sweden", "Swedish", "Norrsund University"),
    ("Norway", "Norwegian", "Fjellvik University Hospital"),
    ("Denmark", "Danish", "Sundholm University"),
    ("Germany", "German", "Universität Lindenau"),
    ("Ireland", "Irish", "University of Carrickmore"),
    ("the United States", "US", "Pinehollow State University"),
    ("New Zealand", "New Zealand", "University of Kaitere"),
    ("Kenya", "Kenyan", "Nyarimba Research Institute"),
    ("South Africa", "South African", "Doringveld University"),
    ("India", "Indian", "Suryapur Institute of Public Health"),
    ("Brazil", "Brazilian", "Universidade de Serra Azul"),
    ("Spain", "Spanish", "Universidad de Valdemora"),
    ("Italy", "Italian", "Università di Montalbano"),
    ("Japan", "Japanese", "Hoshigawa Medical University"),
    ("Singapore", "Singaporean", "Merlion Bay Health Services"),
)

DEPARTMENTS = (
    "School of Health Sciences",
    "Department of Health Services Research",
    "Centre for Improvement Studies",
    "School of Nursing and Midwifery",
    "Institute of Population Health",
    "Department of Primary Care",
    "School of Business and Management",
    "Patient Safety Research Group",
)

COLLECTIVES = (
    "Ward Improvement Collaborative",
    "Safer Handover Study Group",
    "Regional Quality Network Steering Group",
    "Learning from Change Consortium",
    "Community Services Improvement Partnership",
)


@dataclass(frozen=True, slots=True)
class Journal:
    """An invented journal. ``field`` says what it prints: improvement, clinical, basic or education."""

    title: str
    abbreviation: str
    print_issn: str
    electronic_issn: str
    nlm_id: str
    publisher: str
    field: str
    open_access: bool
    first_volume: int
    code: str


def issn(number: int) -> str:
    """An ISSN from a seven-digit number, with its check digit (ISO 3297)."""
    digits = f"{number:07d}"
    check = (11 - sum(int(d) * w for d, w in zip(digits, range(8, 1, -1), strict=True)) % 11) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"


_JOURNALS = (
    ("Journal of Service Improvement in Health Care", "J Serv Improv Health Care", "improvement", True, "jsihc"),
    ("Annals of Improvement and Implementation", "Ann Improv Implement", "improvement", True, "aii"),
    ("Quality and Change in Hospitals", "Qual Change Hosp", "improvement", False, "qch"),
    ("British Review of Health Services Delivery", "Br Rev Health Serv Deliv", "improvement", False, "brhsd"),
    ("Open Studies in Care Improvement", "Open Stud Care Improv", "improvement", True, "osci"),
    ("Improvement in Primary and Community Care", "Improv Prim Community Care", "improvement", True, "ipcc"),
    ("Patient Safety and Learning Systems", "Patient Saf Learn Syst", "improvement", False, "psls"),
    ("Health Organisation and Leadership Quarterly", "Health Organ Leadersh Q", "improvement", False, "holq"),
    ("Implementation Notes", "Implement Notes", "improvement", True, "inotes"),
    ("Journal of Nursing Practice Development", "J Nurs Pract Dev", "improvement", False, "jnpd"),
    ("International Forum on Health Care Quality", "Int Forum Health Care Qual", "improvement", False, "ifhcq"),
    ("Digital Care Delivery", "Digit Care Deliv", "improvement", True, "dcd"),
    ("Mental Health Services Development", "Ment Health Serv Dev", "improvement", False, "mhsd"),
    ("Maternity and Newborn Care Studies", "Matern Newborn Care Stud", "clinical", True, "mncs"),
    ("Acute and Emergency Care Reports", "Acute Emerg Care Rep", "clinical", False, "aecr"),
    ("General Clinical Trials Letters", "Gen Clin Trials Lett", "clinical", True, "gctl"),
    ("European Archive of Internal Medicine", "Eur Arch Intern Med", "clinical", False, "eaim"),
    ("Northern Journal of Surgery", "North J Surg", "clinical", False, "njs"),
    ("Respiratory and Cardiac Practice", "Respir Card Pract", "clinical", False, "rcp"),
    ("Pharmacy and Prescribing Research", "Pharm Prescr Res", "clinical", True, "ppr"),
    ("Journal of Cell Signalling Letters", "J Cell Signal Lett", "basic", True, "jcsl"),
    ("Molecular Physiology Bulletin", "Mol Physiol Bull", "basic", False, "mpb"),
    ("Immunity and Genomics Open", "Immun Genom Open", "basic", True, "igo"),
    ("Education for Health Professions Today", "Educ Health Prof Today", "education", False, "ehpt"),
)

JOURNALS = tuple(
    Journal(
        title,
        short,
        issn(9_910_000 + 20 * n + 1),
        issn(9_910_000 + 20 * n + 2),
        f"99{880000 + 17 * n}",
        ("Millbeck Academic Press", "Saltreach Publishing", "Open Care Publications")[n % 3],
        kind,
        is_open,
        8 + (n * 5) % 31,
        code,
    )
    for n, (title, short, kind, is_open, code) in enumerate(_JOURNALS)
)
