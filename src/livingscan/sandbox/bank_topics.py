"""Topics, initiatives, settings and methods of the synthetic improvement studies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One field of work.

    Attributes:
        name: as a phrase. aim: what is to get better. initiatives: each with its article.
        outcome: what was measured, ready for "{outcome} fell/rose from ... to ...".
        keywords, mesh: as a journal and MEDLINE would give them.
        community: the work is done outside hospitals.
    """

    name: str
    aim: str
    initiatives: tuple[str, ...]
    outcome: str
    falls: bool
    keywords: tuple[str, ...]
    mesh: tuple[str, ...]
    community: bool = False


TOPICS = (
    Topic("inpatient falls", "reducing falls among older inpatients",
          ("a falls prevention bundle", "intentional rounding", "a multidisciplinary falls huddle"),
          "falls per 1000 bed days", True, ("falls", "older people"), ("Accidental Falls", "Inpatients", "Aged")),
    Topic("sepsis recognition", "recognising and treating sepsis early",
          ("a sepsis screening tool", "an early warning score", "a sepsis care bundle"),
          "the share of patients given antibiotics within one hour", False, ("sepsis",), ("Sepsis", "Early Diagnosis")),
    Topic("clinical handover", "making shift handover safer",
          ("a structured handover protocol", "an electronic handover tool", "a safety briefing"),
          "the completeness of handover", False, ("handover", "communication"), ("Patient Handoff", "Communication")),
    Topic("hospital discharge", "making discharge from hospital timely and safe",
          ("a discharge improvement programme", "a discharge-to-assess pathway", "criteria-led discharge"),
          "the share of discharges before noon", False, ("patient discharge", "patient flow"), ("Patient Discharge",)),
    Topic("maternity safety", "improving the safety of maternity care",
          ("a maternity safety collaborative", "a fetal monitoring training package", "continuity of midwifery carer"),
          "the rate of third- and fourth-degree tears", True, ("maternity", "midwifery"),
          ("Maternal Health Services",)),
    Topic("inpatient mental health", "reducing restrictive practice on mental health wards",
          ("a reducing restraint programme", "a safewards model", "a trauma-informed care initiative"),
          "episodes of restraint per month", True, ("mental health", "restraint"), ("Mental Health Services",)),
    Topic("general practice access", "improving access to general practice",
          ("a telephone triage system", "an online consultation system", "a practice improvement programme"),
          "the share of patients seen on the day", False, ("general practice", "access"),
          ("General Practice", "Primary Health Care"), True),
    Topic("diabetes care", "improving the routine care of people with type 2 diabetes",
          ("a diabetes care planning programme", "a practice-level audit and feedback scheme",
           "a shared diabetes dashboard"),
          "completion of the eight care processes", False, ("diabetes", "care planning"),
          ("Diabetes Mellitus, Type 2", "Primary Health Care"), True),
    Topic("surgical safety", "preventing surgical complications",
          ("a surgical safety checklist", "an enhanced recovery pathway", "a theatre efficiency programme"),
          "the median length of stay", True, ("surgery", "checklist"), ("Checklist", "Operating Rooms")),
    Topic("pressure ulcer prevention", "preventing pressure ulcers",
          ("a pressure ulcer prevention bundle", "a skin care bundle", "a repositioning chart"),
          "hospital-acquired pressure ulcers per month", True, ("pressure ulcers", "nursing"), ("Pressure Ulcer",)),
    Topic("medication safety", "reducing medication errors",
          ("an electronic prescribing system", "a medicines reconciliation project", "a pharmacist-led intervention"),
          "the rate of unreconciled medicines", True, ("medication safety", "prescribing"), ("Medication Errors",)),
    Topic("stroke services", "improving stroke care",
          ("a stroke improvement collaborative", "a hyperacute stroke pathway", "an early supported discharge service"),
          "the median door-to-needle time", True, ("stroke",), ("Stroke", "Critical Pathways")),
    Topic("end of life care", "improving care in the last days of life",
          ("an electronic palliative care record", "a palliative care improvement project", "advance care planning"),
          "the share of patients who died where they wished", False, ("end of life care", "palliative care"),
          ("Terminal Care", "Palliative Care")),
    Topic("dementia care", "improving hospital care for people with dementia",
          ("a dementia-friendly ward programme", "a person-centred care initiative", "a delirium screening project"),
          "the share of patients screened for delirium", False, ("dementia", "delirium"), ("Dementia", "Delirium")),
    Topic("emergency department flow", "reducing crowding in emergency departments",
          ("a rapid assessment model", "a same day emergency care service", "a Lean patient flow programme"),
          "the median time to first assessment", True, ("emergency department", "patient flow"),
          ("Emergency Service, Hospital", "Crowding")),
    Topic("antimicrobial stewardship", "improving antibiotic prescribing",
          ("an antimicrobial stewardship programme", "a prescribing feedback initiative",
          "a penicillin allergy service"),
          "antibiotic items per 1000 patients", True, ("antimicrobial stewardship",), ("Antimicrobial Stewardship",)),
    Topic("care homes", "improving the health care of care home residents",
          ("an enhanced health in care homes programme", "a care home improvement collaborative",
          "a hydration project"),
          "unplanned admissions from care homes", True, ("care homes", "older people"), ("Nursing Homes",
          "Aged"), True),
    Topic("integrated care", "joining up health and social care",
          ("an integrated care programme", "a multidisciplinary team meeting model", "a new care model pilot"),
          "emergency admissions among people at high risk", True, ("integrated care",),
          ("Delivery of Health Care, Integrated",), True),
    Topic("electronic records", "using electronic records to improve care",
          ("an electronic patient record", "a shared care record", "a digital dashboard"),
          "the share of notes completed on the day", False, ("electronic health records", "digital"),
          ("Electronic Health Records", "Medical Informatics")),
    Topic("acute kidney injury", "recognising acute kidney injury",
          ("an acute kidney injury alert", "an acute kidney injury care bundle", "a kidney injury education package"),
          "the share of patients with a fluid chart", False, ("acute kidney injury",), ("Acute Kidney Injury",)),
    Topic("children's services", "improving the care of children with asthma",
          ("a paediatric asthma pathway", "a paediatric early warning system",
          "a hospital at home service for children"),
          "readmissions within 28 days", True, ("paediatrics", "asthma"), ("Child", "Asthma", "Pediatrics")),
    Topic("cancer pathways", "shortening the time to cancer diagnosis",
          ("a rapid diagnostic centre", "a straight-to-test pathway", "a cancer care review template"),
          "the median time from referral to diagnosis", True, ("cancer", "early diagnosis"),
          ("Neoplasms", "Early Detection of Cancer")),
    Topic("patient feedback", "using patient experience to improve care",
          ("experience-based co-design", "a patient feedback programme", "a real-time survey scheme"),
          "the patient experience score", False, ("patient experience", "co-design"), ("Patient Satisfaction",)),
    Topic("improvement capability", "building improvement capability across an organisation",
          ("an organisation-wide improvement programme", "a quality improvement training programme",
           "a Lean management system", "a leadership development programme for improvement"),
          "the number of active improvement projects", False, ("quality improvement", "capability"),
          ("Quality Improvement", "Staff Development")),
    Topic("incident learning", "learning from patient safety incidents",
          ("an incident reporting system", "a patient safety incident response framework",
          "a mortality review process"),
          "incidents reported per 1000 admissions", False, ("patient safety", "incident reporting"),
          ("Patient Safety", "Risk Management")),
    Topic("community nursing", "improving community nursing",
          ("a productive community services programme", "a wound care pathway", "a caseload management tool"),
          "the share of time spent with patients", False, ("community nursing", "wound care"),
          ("Community Health Nursing",), True),
    Topic("outpatients", "reforming outpatient services",
          ("patient-initiated follow-up", "a video consultation service", "an advice and guidance service"),
          "the rate of missed appointments", True, ("outpatients", "remote consultation"),
          ("Outpatients", "Remote Consultation")),
    Topic("ambulance services", "improving ambulance handover and response",
          ("an ambulance handover project", "a falls response service", "a paramedic referral pathway"),
          "the mean handover delay", True, ("ambulance", "prehospital care"), ("Ambulances",
          "Emergency Medical Services")),
)  # fmt: skip

# Where the study was done, by kind. {nation} and {place} are filled in.
NHS_HOSPITAL = (
    "an acute NHS trust in {nation}", "three NHS hospitals", "a large NHS teaching hospital",
    "two NHS foundation trusts", "five acute hospitals in the English NHS", "a district general hospital in {nation}",
    "an NHS university hospital in {nation}", "eleven NHS trusts in England", "a Scottish health board",
    "a Welsh health board", "a health and social care trust in Northern Ireland", "NHS hospitals across the Midlands",
    "an NHS trust in the north of England", "a London teaching hospital", "NHS wards in the south west of England",
)  # fmt: skip
NHS_COMMUNITY = (
    "general practices in {nation}", "a primary care network in {nation}", "NHS community services in {nation}",
    "twelve general practices in the UK", "an integrated care system in England",
    "community health partnerships in Scotland", "a clinical commissioning group area in England",
    "NHS primary care in Wales", "practices in the north west of England",
)  # fmt: skip
ELSEWHERE_HOSPITAL = (
    "two {adjective} hospitals", "a university hospital in {country}", "public hospitals in {country}",
    "nine acute hospitals in {country}", "a regional hospital in {country}", "{adjective} hospital wards",
)  # fmt: skip
ELSEWHERE_COMMUNITY = (
    "primary care clinics in {country}", "{adjective} primary care practices", "community health centres in {country}",
    "nursing homes in {country}", "family practices in {country}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Method:
    """A study design: its name in a title, methods sentences, how findings begin, how many took part."""

    name: str
    sentences: tuple[str, ...]
    people: tuple[int, int]
    mesh: str
    keyword: str


METHODS = (
    Method("qualitative study",
           ("We carried out {n} semi-structured interviews with {who} and analysed them thematically.",
            "{n_words} {who} took part in semi-structured interviews, which were analysed using the framework method.",
            "Interviews with {n} {who} were coded against the Consolidated Framework for Implementation Research."),
           (9, 64), "Qualitative Research", "qualitative research"),
    Method("focus group study",
           ("Focus groups were held with {n} {who}; transcripts were analysed thematically.",
            "We ran focus groups with {n} {who} at {sites} sites."),
           (18, 70), "Focus Groups", "focus groups"),
    Method("questionnaire survey",
           ("A questionnaire was sent to {who}; {n} replied ({pct}%).",
            "We surveyed {who} online and received {n} responses, a response rate of {pct}%."),
           (84, 1240), "Surveys and Questionnaires", "survey"),
    Method("mixed methods study",
           ("Mixed methods: routine data over {months} months, a survey and {n} interviews with {who}.",
            "We combined interrupted time series data with {n} interviews with {who}."),
           (14, 58), "Evaluation Studies as Topic", "mixed methods"),
    Method("comparative case study",
           ("Case studies of {sites} sites drew on {n} interviews with {who}, observation and documents.",
            "We compared {sites} case study sites using interviews with {n} {who} and non-participant observation."),
           (21, 110), "Organizational Case Studies", "case study"),
    Method("ethnographic study",
           ("An ethnography comprised {hours} hours of observation and {n} interviews with {who}.",),
           (11, 49), "Anthropology, Cultural", "ethnography"),
    Method("process evaluation",
           ("A process evaluation drew on {n} interviews with {who} and on implementation logs from {sites} sites.",
            "We evaluated implementation using Normalisation Process Theory and {n} interviews with {who}."),
           (16, 72), "Process Assessment, Health Care", "process evaluation"),
    Method("quality improvement report",
           ("Plan-do-study-act cycles ran for {months} months, with run charts and feedback from {n} {who}.",
            "We used the Model for Improvement and collected weekly measures; {n} {who} gave written feedback."),
           (12, 95), "Quality Improvement", "plan-do-study-act"),
    Method("longitudinal evaluation",
           ("Data were collected at three points over {months} months, including {n} interviews with {who}.",),
           (20, 88), "Longitudinal Studies", "evaluation"),
    Method("realist evaluation",
           ("Programme theories were tested in {sites} sites through {n} realist interviews with {who}.",),
           (19, 61), "Program Evaluation", "realist evaluation"),
    Method("action research study",
           ("Action research with {n} {who} went through {sites} cycles of planning, action and reflection.",),
           (10, 40), "Health Services Research", "action research"),
    Method("Delphi study",
           ("A three-round Delphi survey asked {n} {who} to rate barriers and enablers.",),
           (22, 90), "Delphi Technique", "Delphi"),
)  # fmt: skip

WHO = (
    "staff", "clinicians and managers", "nurses and managers", "clinical and non-clinical staff", "ward staff",
    "project leads", "frontline staff and executives", "doctors, nurses and allied health professionals",
    "improvement leads", "stakeholders", "senior managers and clinicians",
)  # fmt: skip
WHO_COMMUNITY = (
    "general practitioners and practice managers", "practice staff", "community nurses", "primary care staff",
    "health and social care professionals", "commissioners and providers",
)  # fmt: skip
