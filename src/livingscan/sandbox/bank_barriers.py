"""What gets in the way, in many words: the 16 barriers of the codebook as they might be reported.

Keys are the codebook's own ids. ``NOUNS`` fit into a list ("Barriers included ..."), ``SENTENCES``
stand alone. They were written for this sandbox; none is quoted from a study.
"""

from __future__ import annotations

# theme: (level, weight in NHS studies, weight elsewhere). The order of the levels follows the scan's
# finding on how often each was studied; the figures themselves are made up.
THEMES: dict[str, tuple[str, float, float]] = {
    "evidence_base": ("initiative", 0.4, 0.7),
    "usability": ("initiative", 0.6, 0.9),
    "process_fit": ("initiative", 0.7, 0.8),
    "staff_resistance": ("individual", 1.1, 1.2),
    "staff_skills": ("individual", 1.3, 0.9),
    "role_demarcation": ("individual", 0.6, 0.5),
    "org_culture_stability": ("organisational", 1.2, 1.0),
    "leadership": ("organisational", 1.4, 1.3),
    "management": ("organisational", 0.9, 0.7),
    "data_use": ("organisational", 1.2, 1.0),
    "time": ("organisational", 1.9, 1.6),
    "org_funding": ("organisational", 1.0, 1.1),
    "nhs_culture": ("system", 0.8, 0.3),
    "system_stability": ("system", 1.2, 0.5),
    "partnerships": ("system", 0.9, 0.8),
    "incentives_funding": ("system", 0.9, 0.5),
}

NOUNS: dict[str, tuple[str, ...]] = {
    "evidence_base": (
        "weak evidence for the approach",
        "doubts about whether the intervention was effective",
        "an insufficient evidence base",
        "conflicting guidance on best practice",
        "scepticism about the supporting research",
    ),
    "usability": (
        "the complexity of the intervention",
        "paperwork that was hard to use",
        "tools seen as cumbersome",
        "too many changes introduced at once",
        "poor usability of the checklist",
        "a poorly designed template",
    ),
    "process_fit": (
        "poor fit with existing workflow",
        "duplication of existing processes",
        "incompatibility with shift patterns",
        "steps that did not match how care was organised",
        "lack of alignment with ward routines",
    ),
    "staff_resistance": (
        "staff resistance",
        "resistance to change among senior clinicians",
        "low staff engagement",
        "lack of clinician buy-in",
        "change fatigue",
        "reluctance of staff to alter established practice",
    ),
    "staff_skills": (
        "lack of improvement skills",
        "limited knowledge of improvement methods",
        "insufficient training",
        "low confidence in using data",
        "gaps in staff knowledge",
        "lack of quality improvement capability",
    ),
    "role_demarcation": (
        "unclear roles and responsibilities",
        "professional boundaries",
        "hierarchy between professions",
        "role ambiguity",
        "disputes over who owned the task",
        "professional silos",
    ),
    "org_culture_stability": (
        "a blame culture",
        "high staff turnover",
        "organisational restructuring within the trust",
        "a culture that did not support learning",
        "frequent moves of staff between wards",
        "low morale",
    ),
    "leadership": (
        "lack of leadership",
        "leadership turnover",
        "limited senior support",
        "absence of a clinical champion",
        "weak executive sponsorship",
        "little visible commitment from leaders",
    ),
    "management": (
        "poor project management",
        "lack of planning",
        "insufficient middle management support",
        "poor communication between managers and wards",
        "competing organisational priorities",
        "unclear project aims",
    ),
    "data_use": (
        "poor data quality",
        "fragmented IT",
        "lack of timely feedback",
        "inadequate information systems",
        "limited use of measurement",
        "difficulty extracting data from records",
    ),
    "time": (
        "lack of protected time",
        "lack of time",
        "heavy workload",
        "time pressure",
        "staff shortages",
        "clinical workload leaving no headspace for improvement",
    ),
    "org_funding": (
        "lack of funding",
        "insufficient resources",
        "shortage of equipment",
        "no budget for backfill",
        "lack of dedicated resources within the organisation",
        "financial constraints in the organisation",
    ),
    "nhs_culture": (
        "a top-down target culture",
        "a culture of command and control across the NHS",
        "a focus on performance targets",
        "fear of scrutiny by regulators",
        "a short-term culture in the health service",
    ),
    "system_stability": (
        "repeated national reorganisation",
        "frequent changes in national policy",
        "instability in commissioning arrangements",
        "system-wide restructuring",
        "shifting policy priorities",
        "the dissolution of partner organisations",
    ),
    "partnerships": (
        "poor collaboration between organisations",
        "weak partnership working with social care",
        "fragmentation between primary and secondary care",
        "lack of information sharing between agencies",
        "poor relationships across organisational boundaries",
    ),
    "incentives_funding": (
        "perverse financial incentives",
        "short-term funding",
        "misaligned payment systems",
        "lack of incentives",
        "non-recurrent national funding",
        "tariffs that rewarded activity over quality",
    ),
}

SENTENCES: dict[str, tuple[str, ...]] = {
    "evidence_base": (
        "Several clinicians questioned whether the evidence was strong enough to justify the change.",
        "An insufficient evidence base made it hard to persuade colleagues.",
    ),
    "usability": (
        "Staff described the form as long and difficult to complete at the bedside.",
        "The intervention was seen as too complex, with many steps and many stakeholders.",
        "Introducing several changes at once was experienced as confusing.",
    ),
    "process_fit": (
        "The new pathway did not fit with existing processes and was often bypassed.",
        "Where the work clashed with established routines, adherence fell.",
    ),
    "staff_resistance": (
        "Resistance from some consultants slowed the work.",
        "Staff who had not been consulted were reluctant to take part.",
        "Some staff saw the project as another passing initiative and disengaged.",
    ),
    "staff_skills": (
        "Few staff had been trained in improvement methods, and many lacked confidence in measurement.",
        "Limited understanding of the method was a recurring barrier.",
        "Lack of training for agency and rotating staff hindered consistent use.",
    ),
    "role_demarcation": (
        "It was often unclear which profession was responsible for the new task.",
        "Hierarchies between doctors and nurses inhibited challenge.",
        "Professional boundaries made it difficult to share the work.",
    ),
    "org_culture_stability": (
        "A culture of blame discouraged staff from reporting problems.",
        "High turnover meant that teams had to be trained again and again.",
        "Mergers between departments unsettled teams and stalled progress.",
    ),
    "leadership": (
        "Progress stopped when the project lead left and was not replaced.",
        "Lack of visible leadership from the board was described as a major obstacle.",
        "Teams without a clinical champion struggled to keep going.",
    ),
    "management": (
        "Poor planning and unclear aims hampered the project.",
        "Middle managers were not involved and could not release staff.",
        "Weak communication left many staff unaware of the changes.",
    ),
    "data_use": (
        "Data arrived too late to be useful, and few teams looked at run charts.",
        "Fragmented IT systems prevented teams from measuring their own progress.",
        "Poor quality data undermined confidence in the results.",
    ),
    "time": (
        "Lack of protected time was the barrier named most often.",
        "Improvement work was done on top of clinical duties, and time pressure limited participation.",
        "Staff shortages left little capacity for improvement.",
    ),
    "org_funding": (
        "The organisation had no budget to continue the work once the project ended.",
        "Lack of equipment and backfill constrained delivery.",
        "Insufficient resources were allocated locally.",
    ),
    "nhs_culture": (
        "Participants described a target-driven NHS culture in which compliance mattered more than learning.",
        "Top-down performance management was felt to crowd out local improvement.",
    ),
    "system_stability": (
        "Repeated reorganisation of the health system disrupted relationships and delayed decisions.",
        "Changes in national policy shifted attention away from the work.",
        "Uncertainty about the future of commissioning bodies undermined long-term planning.",
    ),
    "partnerships": (
        "Poor partnership working between health and social care hindered progress.",
        "Partner organisations had different priorities and did not share information.",
        "Collaboration across organisational boundaries proved difficult.",
    ),
    "incentives_funding": (
        "Payment arrangements offered no incentive to change practice.",
        "Short-term external funding made it hard to plan beyond the first year.",
        "Perverse incentives rewarded activity instead of improvement.",
    ),
}

# How an abstract says in which phase a barrier was met.
PHASES: dict[str, tuple[str, ...]] = {
    "development": (
        "In the design phase, the chief barriers were {list}.",
        "While the initiative was being developed, teams were held back by {list}.",
        "At the planning stage, {list} hindered progress.",
    ),
    "delivery": (
        "During implementation, barriers included {list}.",
        "The main barriers to delivery were {list}.",
        "As the work was rolled out, staff faced {list}.",
        "Implementation was hindered by {list}.",
        "Key challenges during delivery were {list}.",
    ),
    "dissemination": (
        "Spread beyond the first sites was limited by {list}.",
        "Sustaining the gains was difficult because of {list}.",
        "When the approach was scaled up, obstacles included {list}.",
        "Barriers to sustainability and spread were {list}.",
    ),
    "": (
        "Barriers included {list}.",
        "Participants reported barriers such as {list}.",
        "The barriers most often described were {list}.",
        "Obstacles to improvement were {list}.",
        "Three things got in the way above all: {list}.",
    ),
}

FACILITATORS = (
    "Facilitators included committed local leaders and regular feedback.",
    "Progress was easier where staff had helped to design the change.",
    "Supportive managers and protected sessions enabled some teams to continue.",
    "Peer support across sites and simple measures were described as enablers.",
    "Visible early gains helped teams to keep momentum.",
    "Teams that met weekly and shared their data sustained the change for longer.",
)
