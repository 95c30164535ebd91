"""A small literature that answers over loopback like the real bibliographic sources, faults on demand.

    from livingscan.sandbox import generate, serve
    with serve(generate()) as sandbox: ...   # sandbox.url

Everything it generates is synthetic and says so. Only tests and the demo import it.
"""

from livingscan.sandbox.corpus import counts, generate
from livingscan.sandbox.faults import KINDS, Fault, FaultPlan
from livingscan.sandbox.files import corpus_from_file
from livingscan.sandbox.server import Sandbox, serve
from livingscan.sandbox.works import SOURCES, Copy, Corpus, Work

__all__ = [
    "KINDS",
    "SOURCES",
    "Copy",
    "Corpus",
    "Fault",
    "FaultPlan",
    "Sandbox",
    "Work",
    "corpus_from_file",
    "counts",
    "generate",
    "serve",
]
