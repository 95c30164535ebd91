"""How each source spells a search: its operators, fields, wildcards and limits, as data.

From the vendors' own help pages: PubMed User Guide (truncation, proximity, field tags), Europe PMC search
syntax reference, OpenAlex "Search", Semantic Scholar bulk search, DOAJ, CORE, ERIC and Lens API documents,
Scopus Search Guide and Web of Science "Search Rules", "Search Operators" and "Wildcards". bioRxiv and, where
a strategy has operators, Crossref are matched by livingscan itself (sources/boolean.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Style = Literal["tag", "colon", "call", "equals", "bare"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One source's spelling.

    Attributes:
        title: the source as people call it.
        style: how a field is named: "tag" (``x[ti]``), "colon" (``TITLE:x``), "call" (``TITLE(x)``),
            "equals" (``TI=x``), "bare" (no fields).
        fields: the fields it knows, in lower case; ``families`` matches further ones.
        symbols: ``+ | -`` are the operators, and AND, OR, NOT are words.
        any_case: operators count in small letters too.
        and_not: whether exclusion is written "NOT", "AND NOT", or "either".
        wildcards: the signs it knows. least: letters that must stand before (or after) one.
        in_phrase: where a wildcard may stand in a phrase: "anywhere", "end", "nowhere".
        in_word: whether a sign may stand inside a word; at_start: whether at its start.
        near: how proximity is written, as a pattern, and in words.
        needs_field: a term outside any field is refused.
        pieces: a strategy that is too long is cut into several by livingscan.
        longest: bytes of the encoded strategy that an address can carry; None where it is sent otherwise.
        ranks: a strategy without operators is a row of words that rank, not select.
    """

    title: str
    style: Style
    fields: frozenset[str] = frozenset()
    families: re.Pattern[str] | None = None
    symbols: bool = False
    any_case: bool = False
    and_not: Literal["NOT", "AND NOT", "either"] = "either"
    wildcards: str = "*"
    least: int = 1
    in_phrase: Literal["anywhere", "end", "nowhere"] = "nowhere"
    in_word: bool = True
    at_start: bool = False
    near: re.Pattern[str] | None = None
    near_words: str = ""
    needs_field: bool = False
    pieces: bool = False
    longest: int | None = None
    ranks: bool = False

    def knows(self, name: str) -> bool:
        """Whether there is such a field."""
        lowered = name.strip().lower()
        return lowered in self.fields or bool(self.families and self.families.fullmatch(name.strip()))


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in text.split(";") if name.strip())


PUBMED_FIELDS = _names(
    "ad;affiliation;aid;article identifier;all;all fields;au;author;1au;author - first;first author name;lastau;"
    "author - last;last author name;auid;author - identifier;author identifier;fau;full author name;cois;"
    "conflict of interest statements;conflict of interest statement;cn;author - corporate;corporate author;book;"
    "crdt;date - create;create date;dcom;date - completion;completion date;dp;pdat;date - publication;"
    "publication date;ppdat;epdat;edat;date - entry;entrez date;entry date;ed;editor;ec/rn number;rn;"
    "registry number;filter;sb;subset;fir;full investigator name;ir;investigator;fa;gr;grants and funding;"
    "grant number;is;issn;isbn;ip;issue;ta;jour;journal;jid;nlm unique id;la;lang;language;lid;location id;lr;"
    "mdat;date - modification;modification date;date last revised;mh;mesh;mesh terms;majr;mesh major topic;mhda;"
    "date - mesh;mesh date;sh;mesh subheading;nm;supplementary concept;ot;other term;owner;own;pa;"
    "pharmacological action;pg;pagination;pl;place of publication;ps;personal name as subject;"
    "subject - personal name;pmid;uid;pt;ptyp;publication type;pubn;publisher;si;secondary source id;ti;title;"
    "tiab;title/abstract;tt;transliterated title;tw;text word;text words;vi;volume;word;print publication date;"
    "electronic publication date"
)
PUBMED_PROXIMITY = frozenset({"ti", "title", "tiab", "title/abstract", "ad", "affiliation"})
PUBMED_NO_EXPLOSION = frozenset(
    {"mh", "mesh", "mesh terms", "majr", "mesh major topic", "sh", "mesh subheading", "pa", "pharmacological action"}
)
PUBMED_FLAGS = frozenset({"hasabstract", "hasnonenglishabstract", "haspublishedversion", "hascommenton"})

EUROPEPMC_FIELDS = _names(
    "title;abstract;title_abs;auth;authorid;authorid_type;auth_man;auth_man_id;auth_man_elec;auth_first;"
    "auth_last;auth_collective_list;investigator;aff;journal;issn;essn;nlm_id;volume;issue;page_info;pub_type;"
    "pub_year;e_pdate;p_pdate;first_pdate;first_idate;index_date;creation_date;update_date;ft_cdate;ft_idate;"
    "first_idate_d;p_pdate_d;embargo_date;text_release_date;doi;ext_id;pmid;pmcid;src;kw;mesh;lang;grant_id;"
    "grant_agency;grant_agency_id;open_access;license;isbn;isbn10;isbn13;book_id;publisher;editor;ed;"
    "other_formats;subset;chem;gene_protein;disease;organism;go_term;uniprot_pubs;uniprot_interpro;pdb_pubs;"
    "embl_pubs;interpro_pubs;chebi_pubs;chembl_pubs;intact_pubs;arxpr_pubs;crossref_pubs;cites;reffed_by;cited;"
    "citation_count;accession_id;accession_type;id_type;intro;methods;results;discuss;concl;case;ack_fund;ref;"
    "fig;table;suppl;appendix;abbr;comp_int;auth_con;body;back;back_noref;abstract_full;tm_organism;"
    "annotation_type;annotation_provider;labs_pubs;lab_id;version;author_roles;funder_initiative;manuscripts;"
    "resource_name;org_id;orcid;peer_review;preprint_server;published_in;supplementary_info;unique;keyword;"
    "relevant_text;data_availability;ethics;society"
)
SCOPUS_FIELDS = _names(
    "title-abs-key;title-abs-key-auth;title-abs;title;abs;key;authkey;indexterms;all;affil;affilcity;"
    "affilcountry;affilorg;af-id;au-id;auth;author-name;author;authlastname;authlast;authfirst;authcollab;"
    "firstauth;orcid;aucite;afcite;artnum;casregnumber;chem;chemname;coden;conf;confloc;confname;confsponsors;"
    "doctype;doi;edfirst;editor;edlastname;eid;eissn;exactkeyword;exactsrctitle;fund-all;fund-acr;fund-no;"
    "fund-sponsor;isbn;issn;issnp;issue;keyword;language;limit-to;exclude;manufacturer;oa;openaccess;pagefirst;"
    "pagelast;pages;pmid;publisher;pubdatetxt;pubyear;pubstage;ref;refartnum;refauth;reffirstpage;refpage;"
    "refpubyear;refsrctitle;reftitle;refeid;seqbank;seqnumber;srctitle;srcid;srctype;subjarea;subjmain;subjterms;"
    "tradename;volume;website;load-date;orig-load-date;recent;sdg;prefnameauid;cocitation;dateloaded;freetoread"
)
WOS_FIELDS = _names(
    "ts;ti;ab;au;ai;ak;kp;gp;ed;so;do;is;bn;py;cf;ad;og;oo;sg;sa;ci;ps;cu;zp;fo;fg;fd;ft;su;wc;edn;sdg;ut;pmid;"
    "dt;la;ld;ldt;fpy;dop;all;af;pu;sp;sr;ss;tmac;tmso;tmic;pp;vl;vi;ip;pg;ea;oi;ri;hp;ha;cl;ct;cy;id;de;su;sc;"
    "is;sn;tp"
)
LENS_FIELDS = _names(
    "title;abstract;full_text;keyword;keywords;field_of_study;mesh_term;mesh_term.mesh_heading;mesh_term.mesh_id;"
    "author;source;lens_id;ids;doi;pmid;pmcid;magid;openalex;coreid;year_published;date_published;"
    "publication_type;created;volume;issue;start_page;end_page;languages;publication_supplementary_type;funding;"
    "chemical;clinical_trial;has_abstract;has_full_text;is_open_access;has_affiliation;retraction_updates;"
    "author_count;scholarly_citations_count;references_count;citation_id;citation_id_type;conference"
)
CORE_FIELDS = _names(
    "id;title;abstract;fulltext;authors;author;contributors;doi;yearpublished;publisheddate;createddate;"
    "updateddate;depositeddate;accepteddate;documenttype;fieldofstudy;language;language.code;language.name;"
    "publisher;journals;dataproviders;dataprovider;datasource;identifiers;oaiids;oai;arxivid;magid;pubmedid;"
    "citationcount;subjects;tags;topics;issn;_exists_;repositories.id;repositories.name;downloadurl;outputs;"
    "sourcefulltexturls"
)
ERIC_FIELDS = _names(
    "id;title;author;source;publicationdateyear;description;subject;peerreviewed;abstractor;audience;authorxlink;"
    "e_datemodified;e_fulltextauth;e_yearadded;educationlevel;identifierslaw;identifiersgeo;identifierstest;"
    "institution;isbn;issn;language;publicationtype;publisher;sourceid;sponsor;url;ieslinkpublication;"
    "ieslinkdatasource;iesgrantcontractnum;ieswwcreviewed;iesfunded;descriptor;identifier;abstract;keyword;"
    "pubyear;publicationdatestart;publicationdateend;assessment"
)

DIALECTS: dict[str, Dialect] = {
    "pubmed": Dialect(
        "PubMed",
        "tag",
        PUBMED_FIELDS,
        and_not="NOT",
        least=4,
        in_phrase="end",
        in_word=False,
        near_words='"two words"[tiab:~3]',
    ),
    "europepmc": Dialect("Europe PMC", "colon", EUROPEPMC_FIELDS, re.compile(r"(?i)(?:HAS|IN|LINKED)_\w+")),
    "openalex": Dialect("OpenAlex", "bare", wildcards="", pieces=True, longest=3_800),
    "crossref": Dialect("Crossref", "bare", in_phrase="anywhere", longest=8_000, ranks=True),
    "semanticscholar": Dialect("Semantic Scholar", "bare", symbols=True, in_word=False, longest=8_000),
    "doaj": Dialect(
        "DOAJ",
        "colon",
        _names("title;doi;issn;publisher;journal;abstract;id;created_date;last_updated;year;keywords;license;language"),
        re.compile(r"(?:bibjson|index|admin)\.[\w.]+"),
        wildcards="",
        longest=8_000,
    ),
    "core": Dialect(
        "CORE", "colon", CORE_FIELDS, re.compile(r"(?:authors|journals|dataProviders|outputs)\.\w+"), longest=8_000
    ),
    "eric": Dialect("ERIC", "colon", ERIC_FIELDS, longest=8_000),
    "biorxiv": Dialect("medRxiv and bioRxiv", "bare", in_phrase="anywhere"),
    "scopus": Dialect(
        "Scopus",
        "call",
        SCOPUS_FIELDS,
        any_case=True,
        and_not="AND NOT",
        wildcards="*?",
        in_phrase="anywhere",
        at_start=True,
        near=re.compile(r"(?:W|PRE)/\d{1,3}", re.I),
        near_words="W/3 or PRE/3",
        longest=8_000,
    ),
    "wos": Dialect(
        "Web of Science",
        "equals",
        WOS_FIELDS,
        any_case=True,
        and_not="NOT",
        wildcards="*?$",
        least=3,
        in_phrase="anywhere",
        at_start=True,
        near=re.compile(r"NEAR(?:/\d{1,3})?|SAME", re.I),
        near_words="NEAR/3",
        needs_field=True,
        longest=8_000,
    ),
    "lens": Dialect(
        "Lens",
        "colon",
        LENS_FIELDS,
        re.compile(r"(?:author|source|funding|mesh_term|ids|conference|chemical|clinical_trial|open_access)\.[\w.]+"),
        wildcards="*?",
    ),
}
