"""Words for the records that a good search finds and a good screener puts aside."""

from __future__ import annotations

# (condition, population, treatment, comparator, outcome, mesh)
TRIALS = (
    ("heart failure", "adults with chronic heart failure", "home telemonitoring", "usual care", "readmission",
     ("Heart Failure", "Telemedicine")),
    ("hypertension", "adults with raised blood pressure", "a low-dose combination pill", "stepped treatment",
     "systolic blood pressure", ("Hypertension", "Antihypertensive Agents")),
    ("knee osteoarthritis", "people with knee osteoarthritis", "supervised exercise", "written advice",
     "pain at six months", ("Osteoarthritis, Knee", "Exercise Therapy")),
    ("depression", "adults with moderate depression", "guided self-help", "waiting list", "symptom scores",
     ("Depression", "Cognitive Behavioral Therapy")),
    ("chronic obstructive pulmonary disease", "people with severe chronic obstructive pulmonary disease",
     "nurse-led self-management", "standard care", "exacerbations", ("Pulmonary Disease, Chronic Obstructive",)),
    ("migraine", "adults with episodic migraine", "a once-monthly injection", "placebo", "monthly migraine days",
     ("Migraine Disorders",)),
    ("obesity", "adults with obesity", "total diet replacement", "dietary advice", "weight at twelve months",
     ("Obesity", "Diet, Reducing")),
    ("venous leg ulcers", "people with venous leg ulcers", "early ablation", "deferred ablation", "time to healing",
     ("Varicose Ulcer",)),
    ("atrial fibrillation", "patients with new atrial fibrillation", "early rhythm control", "rate control", "stroke",
     ("Atrial Fibrillation",)),
    ("postnatal depression", "mothers of young infants", "group singing", "usual support", "symptoms at ten weeks",
     ("Depression, Postpartum",)),
)  # fmt: skip

TRIAL_SETTINGS = (
    "general practices", "outpatient clinics", "district hospitals", "community clinics", "specialist centres",
    "urban practices", "teaching hospitals",
)  # fmt: skip

# (molecule or organism, mesh)
BASIC_THINGS = (
    ("microRNA-4471", ("MicroRNAs",)),
    ("interleukin-33", ("Interleukin-33",)),
    ("a TRPV4 channel inhibitor", ("TRPV Cation Channels",)),
    ("gut-derived butyrate", ("Butyrates",)),
    ("the SIRT6 protein", ("Sirtuins",)),
    ("a long non-coding RNA", ("RNA, Long Noncoding",)),
    ("the Drp1 protein", ("Mitochondrial Dynamics",)),
    ("Staphylococcus aureus toxin", ("Staphylococcus aureus",)),
    ("galectin-9", ("Galectins",)),
)
BASIC_EFFECTS = (
    "proliferation", "fibrosis", "oedema", "T-cell differentiation", "senescence", "drug resistance", "neuronal loss",
    "biofilm formation", "calcification",
)  # fmt: skip
BASIC_MODELS = (
    "human gastric epithelial cells", "a mouse model of lung injury", "isolated rat hearts", "germ-free mice",
    "human endothelial cells", "ovarian cancer cell lines", "zebrafish larvae", "an in vitro catheter model",
    "bovine chondrocytes",
)  # fmt: skip
BASIC_PATHWAYS = (
    "the PI3K-Akt pathway", "ST2 signalling", "calcium entry", "histone deacetylation", "DNA repair", "Wnt signalling",
    "mitochondrial fission", "quorum sensing",
)  # fmt: skip

BASIC_TITLES = (
    "{thing_cap} regulates {effect} through {pathway} in {model}",
    "Effect of {thing} on {effect} in {model}",
    "{pathway_cap} links {thing} to {effect}: a study in {model}",
)

BASIC_SENTENCES = (
    "The part played by {thing} in {effect} is poorly understood.",
    "We studied {model} using sequencing, western blotting and imaging.",
    "Loss of {thing} reduced {effect} by {pct}% (P < 0.0{p}), and rescue restored it.",
    "{pathway_cap} was required for the effect.",
    "These data identify {thing} as a possible therapeutic target.",
)

# Barriers that patients meet: near the topic, but no improvement initiative.
PATIENT_STUDIES = (
    ("cervical screening", "women who had not attended", "embarrassment, lack of time and fear of the result"),
    ("pulmonary rehabilitation", "people with lung disease", "travel, breathlessness and low expectations"),
    ("childhood vaccination", "parents of young children", "concerns about safety and difficulty booking"),
    ("dental check-ups", "adults in rural areas", "cost, distance and anxiety"),
    ("physical activity", "people living with cancer", "fatigue, lack of facilities and uncertainty"),
    ("talking therapies", "older adults", "stigma, transport and not knowing what was offered"),
    ("diabetic eye screening", "young adults", "work commitments and a belief that eyesight was good"),
)

EDUCATION_COURSES = (
    "a simulation course in communication", "an interprofessional learning module", "a peer-led anatomy programme",
    "a virtual patient package", "an online prescribing module", "a bedside teaching scheme",
)  # fmt: skip
EDUCATION_PEOPLE = (
    "final-year medical students", "nursing and pharmacy students", "first-year students", "student midwives",
    "physiotherapy students", "paramedic students",
)  # fmt: skip
EDUCATION_OUTCOMES = ("self-rated confidence", "attitudes to teamwork", "examination scores", "clinical reasoning")

EDITORIAL_TITLES = (
    "Making room for improvement: why {topic} needs more than good intentions",
    "What next for {topic} in the NHS?",
    "{topic_cap}: time to stop piloting",
    "Learning from failure in {topic}",
    "Is measurement helping or hindering {topic}?",
    "Who is responsible for {topic}?",
    "A decade of effort on {topic}: have we learned enough?",
    "{topic_cap} and the limits of good will",
    "Correspondence: rethinking {topic}",
    "The case for patience in {topic}",
)

EDITORIAL_SENTENCES = (
    "In this editorial we argue that {aim} depends less on new ideas than on the time to carry them out.",
    "Much has been written about {topic}, and little of it reaches the ward.",
    "This commentary asks what commissioners, boards and teams should do differently.",
    "No new data are reported.",
)

VERNACULAR = (
    ("ger", "Germany", "Hindernisse bei der Einführung von {de} im Krankenhaus: eine qualitative Studie"),
    ("fre", "Belgium", "Obstacles à l'amélioration de la qualité : {fr} à l'hôpital"),
    ("spa", "Spain", "Barreras para la mejora de la calidad: {es} en atención hospitalaria"),
    ("por", "Brazil", "Barreiras à melhoria da qualidade: {pt} nos hospitais"),
    ("ita", "Italy", "Ostacoli al miglioramento della qualità: {it} in ospedale"),
)

# The initiative in each language, and in the translated English title.
VERNACULAR_INITIATIVES = (
    ("surgical safety checklists",
     {"de": "OP-Checklisten", "fr": "les listes de contrôle chirurgicales",
      "es": "listas de verificación quirúrgica", "pt": "listas de verificação cirúrgica",
      "it": "le checklist chirurgiche"}),
    ("falls prevention",
     {"de": "Sturzprävention", "fr": "la prévention des chutes", "es": "prevención de caídas",
      "pt": "prevenção de quedas", "it": "la prevenzione delle cadute"}),
    ("incident reporting",
     {"de": "Meldesystemen", "fr": "la déclaration des incidents", "es": "notificación de incidentes",
      "pt": "notificação de incidentes", "it": "la segnalazione degli eventi"}),
    ("electronic prescribing",
     {"de": "elektronischer Verordnung", "fr": "la prescription électronique", "es": "prescripción electrónica",
      "pt": "prescrição eletrônica", "it": "la prescrizione elettronica"}),
)  # fmt: skip
