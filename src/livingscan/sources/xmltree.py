"""XML answers as the plain mappings that JSON would give, so that one reader serves both."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from livingscan.errors import DataError


def parse_xml(body: str | bytes) -> Element:
    """An XML document's root; entities of its own are refused.

    Raises:
        DataError: it is not XML, or not safe.
    """
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    try:
        return fromstring(data, forbid_dtd=False)
    except DefusedXmlException as problem:
        raise DataError(f"the XML declares entities and is refused ({type(problem).__name__})") from None
    except (ParseError, LookupError, ValueError) as problem:
        raise DataError(f"this is not whole XML: {problem}") from None


def as_mapping(body: str | bytes) -> dict[str, Any]:
    """The content of an XML document's root. Errors as for :func:`parse_xml`."""
    content = _content(parse_xml(body))
    return content if isinstance(content, dict) else {}


def _content(element: Element) -> dict[str, Any] | str:
    """Children by name, repeated ones as lists; an element without children, or with text between them, is its text."""
    if len(element) == 0 or any((text or "").strip() for text in (element.text, *(each.tail for each in element))):
        return "".join(element.itertext()).strip()
    content: dict[str, Any] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        value = _content(child)
        if name not in content:
            content[name] = value
        elif isinstance(content[name], list):
            content[name].append(value)
        else:
            content[name] = [content[name], value]
    return content


def solr_documents(root: Element) -> list[dict[str, Any]]:
    """The documents of a Solr answer as its JSON has them: texts by name, several values as lists.

    Raises:
        DataError: it has no result.
    """
    if root.find("result") is None:
        raise DataError("this is no search answer: it has no result")
    return [
        {
            field.get("name", ""): ["".join(item.itertext()) for item in field]
            if field.tag == "arr"
            else "".join(field.itertext())
            for field in document
        }
        for document in root.iterfind("result/doc")
    ]
