"""Writes the works that a good search finds and a good screener puts aside."""

from __future__ import annotations

from random import Random

from livingscan.sandbox import bank_other as other
from livingscan.sandbox.bank_people import COUNTRIES, PLACES
from livingscan.sandbox.bank_topics import METHODS, TOPICS
from livingscan.sandbox.prose import (
    CLOSING,
    NATIONS,
    PROBLEM,
    Draft,
    Truth,
    bare,
    barriers,
    cap,
    frame,
    improvement_mesh,
    in_words,
    outcome,
    sections,
    where_home,
    with_article,
)


def _country(name: str) -> str:
    return cap(name.removeprefix("the "))


def no_barriers(rng: Random) -> Draft:
    """An NHS improvement report that says only what was achieved."""
    topic = rng.choice(TOPICS)
    initiative = rng.choice(topic.initiatives)
    where, nation = where_home(rng, topic)
    opening = f"{frame(rng, PROBLEM[:1], topic, initiative, where)} {cap(initiative)} was introduced in {where}."
    parts = (
        ("BACKGROUND", opening),
        ("METHODS", f"Routine data were analysed for {rng.choice((12, 18, 24))} months before and after the change."),
        ("RESULTS", f"{outcome(rng, topic)} Costs per patient were {rng.choice(('lower', 'unchanged', 'similar'))}."),
        ("CONCLUSIONS", f"{cap(initiative)} was associated with better care."),
    )
    frames = ("The effect of {it} on {aim} in {where}", "{Bare} and {topic} in {where}: a before-and-after study")
    return Draft(
        frame(rng, frames, topic, initiative, where),
        sections(rng, parts),
        (*topic.keywords, "quality improvement", "outcomes"),
        (*improvement_mesh(topic, None), nation),
        ("Journal Article",),
        "improvement",
        Truth("no_barriers", False, "nhs"),
        nation=nation,
    )


def protocol(rng: Random) -> Draft:
    """A protocol: it will look for barriers, and has no data yet."""
    topic, method = rng.choice(TOPICS), rng.choice(METHODS)
    initiative = rng.choice(topic.initiatives)
    where, nation = where_home(rng, topic)
    design = with_article(method.name)
    opening = f"{frame(rng, PROBLEM, topic, initiative, where)} The barriers to {initiative} are not known."
    plan = f"We will carry out {design} in {where} and interview staff about barriers and enablers."
    parts = (
        ("INTRODUCTION", opening),
        ("METHODS AND ANALYSIS", plan),
        ("ETHICS AND DISSEMINATION", "Ethical approval has been granted. Results will be shared with NHS partners."),
    )
    return Draft(
        cap(f"{bare(initiative)} in {where}: protocol for {design}"),
        sections(rng, parts),
        (*topic.keywords, "protocol", "quality improvement"),
        improvement_mesh(topic, method),
        ("Journal Article", "Clinical Trial Protocol") if rng.random() < 0.3 else ("Journal Article",),
        "improvement",
        Truth("protocol", False, "nhs"),
        nation=nation,
    )


def editorial(rng: Random) -> Draft:
    """An editorial or comment; two in three have no abstract."""
    topic = rng.choice(TOPICS)
    values = {"topic": topic.name, "topic_cap": cap(topic.name), "aim": topic.aim}
    text = " ".join(line.format(**values) for line in rng.sample(other.EDITORIAL_SENTENCES, 3))
    return Draft(
        rng.choice(other.EDITORIAL_TITLES).format(**values),
        (("", f"{text} {CLOSING}"),) if rng.random() < 0.35 else (),
        topic.keywords,
        (*topic.mesh, "Humans"),
        (rng.choice(("Editorial", "Editorial", "Comment", "Letter")),),
        "improvement",
        Truth("editorial", False, "nhs"),
        nation=rng.choice(NATIONS),
    )


def trial(rng: Random) -> Draft:
    """A clinical trial; nearly half are British."""
    condition, people, treatment, comparator, measure, mesh = rng.choice(other.TRIALS)
    home = rng.random() < 0.45
    country = rng.choice(COUNTRIES)
    number, setting = rng.randint(60, 2400), rng.choice(other.TRIAL_SETTINGS)
    where = f"{setting} in the NHS" if home else f"{setting} in {country[0]}"
    assigned = f"We randomly assigned {number} {people} from {where} to {treatment} or {comparator}."
    interval = f"95% CI {rng.randint(0, 2)}.1 to 1{rng.randint(0, 5)}.4"
    difference = f"The difference between groups was {rng.randint(3, 9)}.{rng.randint(0, 9)} ({interval})."
    parts = (
        ("BACKGROUND", f"The best treatment of {condition} is uncertain."),
        ("METHODS", f"{assigned} The primary outcome was {measure}."),
        ("RESULTS", f"{difference} Adverse events were similar."),
        ("CONCLUSIONS", f"{cap(treatment)} {rng.choice(('improved', 'did not improve', 'may improve'))} {measure}."),
    )
    kind = rng.choice(("a randomised controlled trial", "a pragmatic randomised trial", "a cluster randomised trial"))
    return Draft(
        cap(f"{bare(treatment)} versus {comparator} for {people} in {where}: {kind}"),
        sections(rng, parts),
        (condition, "randomised controlled trial"),
        (*mesh, "Humans", "Treatment Outcome"),
        ("Journal Article", "Randomized Controlled Trial"),
        "clinical",
        Truth("trial", False, "nhs" if home else "elsewhere"),
        country="United Kingdom" if home else _country(country[0]),
        university="" if home else country[2],
    )


def basic(rng: Random) -> Draft:
    """Laboratory medicine, far from the question."""
    thing, mesh = rng.choice(other.BASIC_THINGS)
    model, pathway = rng.choice(other.BASIC_MODELS), rng.choice(other.BASIC_PATHWAYS)
    effect, country = rng.choice(other.BASIC_EFFECTS), rng.choice(COUNTRIES)
    values = {
        "thing": thing, "thing_cap": cap(bare(thing)), "effect": effect, "model": model, "pathway": pathway,
        "pathway_cap": cap(pathway), "pct": rng.randint(22, 81), "p": rng.choice(("1", "01", "4")),
    }  # fmt: skip
    text = " ".join(line.format(**values) for line in other.BASIC_SENTENCES)
    return Draft(
        cap(rng.choice(other.BASIC_TITLES).format(**values)),
        (("", f"{text} {CLOSING}"),),
        (bare(thing), effect),
        mesh,
        ("Journal Article",),
        "basic",
        Truth("basic"),
        country=_country(country[0]),
        university=country[2],
    )


def review(rng: Random) -> Draft:
    """A review of studies: about the topic, and not itself empirical."""
    topic = rng.choice(TOPICS)
    initiative = rng.choice(topic.initiatives)
    found, _ = barriers(rng, home=False)
    searched = f"We searched {in_words(rng.randint(4, 9))} databases and screened {rng.randint(400, 6000)} records."
    parts = (
        ("BACKGROUND", frame(rng, PROBLEM, topic, initiative, "")),
        ("METHODS", searched),
        ("RESULTS", f"{cap(in_words(rng.randint(11, 60)))} studies were included. {' '.join(found)}"),
        ("CONCLUSIONS", "Better primary studies are needed, in the NHS and elsewhere."),
    )
    kind = rng.choice(("systematic review", "scoping review", "narrative review", "evidence synthesis"))
    title = rng.choice(
        (f"barriers to {initiative}: {with_article(kind)}", f"what hinders {topic.aim}? {cap(with_article(kind))}")
    )
    return Draft(
        cap(title),
        sections(rng, parts),
        (*topic.keywords, kind, "barriers"),
        (*topic.mesh, "Quality Improvement", "Humans"),
        ("Journal Article", "Systematic Review" if kind == "systematic review" else "Review"),
        "improvement",
        Truth("review"),
        nation=rng.choice(NATIONS),
    )


def patients(rng: Random) -> Draft:
    """What keeps patients from a service: barriers in Britain, but no improvement initiative."""
    service, people, found = rng.choice(other.PATIENT_STUDIES)
    place, nation = rng.choice(PLACES)
    number = rng.randint(12, 40)
    design = rng.choice(("an interview study", "a qualitative study", "a survey", "focus groups with the public"))
    parts = (
        ("BACKGROUND", f"Uptake of {service} in {nation} is below target."),
        ("METHODS", f"We spoke with {number} {people} registered with NHS practices in {place}."),
        ("RESULTS", f"Barriers to attendance were {found}."),
        ("CONCLUSIONS", "Invitations should answer these concerns."),
    )
    return Draft(
        f"Barriers to uptake of {service} among {people} in {place}, {nation}: {design}",
        sections(rng, parts),
        (service, "patient attitudes", "barriers"),
        ("Patient Acceptance of Health Care", "Humans", nation),
        ("Journal Article",),
        "clinical",
        Truth("patients", False, "nhs"),
        nation=nation,
    )


def education(rng: Random) -> Draft:
    """Teaching of students: no change to a service."""
    course, people = rng.choice(other.EDUCATION_COURSES), rng.choice(other.EDUCATION_PEOPLE)
    measure, nation = rng.choice(other.EDUCATION_OUTCOMES), rng.choice(NATIONS)
    number = rng.randint(40, 300)
    text = (
        f"We evaluated {course} for {people} at one university in {nation}. Of the {number} students who took part, "
        f"{rng.randint(51, 94)}% completed it, and {measure} rose by {rng.randint(4, 30)}%. "
        f"Timetabling was a challenge. {CLOSING}"
    )
    return Draft(
        cap(f"{bare(course)} for {people}: effect on {measure}"),
        (("", text),),
        ("education", "students"),
        ("Students", "Education, Medical", "Humans"),
        ("Journal Article",),
        "education",
        Truth("education", False, "nhs"),
        nation=nation,
    )


def vernacular(rng: Random) -> Draft:
    """A paper in another language, with its own title and a translated one."""
    language, country, pattern = rng.choice(other.VERNACULAR)
    english, forms = rng.choice(other.VERNACULAR_INITIATIVES)
    short = {"ger": "de", "fre": "fr", "spa": "es", "por": "pt", "ita": "it"}[language]
    found, pairs = barriers(rng, home=False)
    staff = f"Interviews with {rng.randint(11, 48)} members of staff in {country}"
    text = f"{staff} explored {english} as a quality improvement measure. {' '.join(found)} {CLOSING}"
    return Draft(
        f"Barriers to quality improvement: {english} in hospitals in {country}",
        (("", text),) if rng.random() < 0.75 else (),
        (english, "quality improvement"),
        ("Quality Improvement", "Hospitals", "Humans", country),
        ("Journal Article", "English Abstract"),
        "improvement",
        Truth("vernacular", False, "elsewhere", pairs),
        country=country,
        university=f"University Hospital {country}",
        title_original=pattern.format(**{short: forms[short]}),
        language=language,
    )
