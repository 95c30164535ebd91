"""Language names and codes to ISO 639-2/B, the three-letter codes that MEDLINE prints ("eng", "ger")."""

from __future__ import annotations

import re

# ISO 639-2/B code: two-letter code (ISO 639-1), terminological code where it differs, names as databases
# print them (English first, then the language's own). https://www.loc.gov/standards/iso639-2/
_TABLE = """
afr af Afrikaans
alb sq sqi Albanian
amh am Amharic
ara ar Arabic
arm hy hye Armenian
aze az Azerbaijani Azeri
baq eu eus Basque Euskara
bel be Belarusian Byelorussian
ben bn Bengali Bangla
bos bs Bosnian
bre br Breton
bul bg Bulgarian
bur my mya Burmese
cat ca Catalan Català
chi zh zho Chinese Mandarin cmn Chino Chinês Cinese Chinesisch Chinois
hrv hr scr Croatian Serbo-Croatian(Roman)
cze cs ces Czech Čeština
dan da Danish Dansk
dut nl nld Dutch Flemish Nederlands
eng en English Inglés Inglês Inglese Englisch Anglais Engels
epo eo Esperanto
est et Estonian
fao fo Faroese
fin fi Finnish Suomi
fre fr fra French Français Francais Francés Francês Francese Französisch
gla gd Gaelic Scottish-Gaelic
glg gl Galician Gallegan
geo ka kat Georgian
ger de deu German Deutsch Alemán Alemão Tedesco Allemand Duits
gre el ell Greek Modern-Greek
guj gu Gujarati
heb he iw Hebrew
hin hi Hindi
hun hu Hungarian Magyar
ice is isl Icelandic
ind id Indonesian
gle ga Irish
ita it Italian Italiano Italienisch Italien
jpn ja Japanese
kan kn Kannada
kaz kk Kazakh
kin rw Kinyarwanda
kir ky Kirghiz Kyrgyz
kor ko Korean
kur ku Kurdish
lao lo Lao
lat la Latin
lav lv Latvian
lit lt Lithuanian
mac mk mkd Macedonian
may ms msa Malay
mal ml Malayalam
mao mi mri Maori
mar mr Marathi
mol mo Moldavian
mon mn Mongolian
nep ne Nepali
nor no Norwegian Norsk
nob nb Bokmål Norwegian-Bokmål
nno nn Nynorsk Norwegian-Nynorsk
per fa fas Persian Farsi
pol pl Polish Polski
por pt Portuguese Português Portugues Portugués Portoghese Portugiesisch Portugais
pan pa Punjabi Panjabi
pus ps Pushto Pashto
rum ro ron Romanian Rumanian
rus ru Russian
san sa Sanskrit
srp sr scc Serbian Serbo-Croatian(Cyrillic)
hbs sh Serbo-Croatian
sin si Sinhalese Sinhala
slo sk slk Slovak Slovakian
slv sl Slovenian Slovene
som so Somali
spa es Spanish Castilian Español Espanol Castellano Espanhol Spagnolo Spanisch Espagnol
swa sw Swahili
swe sv Swedish Svenska
tgl tl Tagalog Filipino
tam ta Tamil
tat tt Tatar
tel te Telugu
tha th Thai
tib bo bod Tibetan
tur tr Turkish Türkçe
ukr uk Ukrainian
urd ur Urdu
uzb uz Uzbek
vie vi Vietnamese
wel cy cym Welsh Cymraeg
yid yi Yiddish
yor yo Yoruba
zul zu Zulu
khm km Khmer Cambodian
mlt mt Maltese
ltz lb Luxembourgish
mlg mg Malagasy
hau ha Hausa
ibo ig Igbo
xho xh Xhosa
jav jv Javanese
sun su Sundanese
snd sd Sindhi
tir ti Tigrinya
tuk tk Turkmen
uig ug Uighur Uyghur
tgk tg Tajik
fry fy Frisian
mul Multiple-languages Multilingual Multi-language
zxx No-linguistic-content Not-applicable
und Undetermined Undefined Unknown Unspecified Not-specified
"""
_CODES: dict[str, str] = {
    name.replace("-", " ").replace("(", " (").lower(): row.split()[0]
    for row in _TABLE.strip().splitlines()
    for name in row.split()
}
_BETWEEN = re.compile(r"\s*(?:[;,/|&\n]|\band\b)\s*", re.I)
_LOCALE = re.compile(r"^([a-z]{2,3})[-_](?:[a-z]{2}|[a-z]{4}|\d{3})\b", re.I)
# "Chinese (Simplified)", "Brazilian Portuguese", "English (United Kingdom"
_VARIETY = re.compile(
    r"\s*\(.*$|^(?:simplified|traditional|mandarin|brazilian|european|british|american|canadian|mexican|modern|standard)\s"
)


def language_code(text: str | None) -> str:
    """A language, or several, as ISO 639-2/B codes.

    Args:
        text: a code of any ISO 639 part ("en", "deu", "ger"), a locale ("en-GB"), or a name ("English");
            several joined by comma, semicolon, slash or "and".

    Returns:
        The codes in order without repeats, joined by ";". What is not known is kept, in lower case.
        A description ("English abstract", "Summary in English") is no language and is left out.
    """
    codes: list[str] = []
    for part in _BETWEEN.split((text or "").strip()):
        value = re.sub(r"\s+", " ", part.replace("-", " ")).strip(" .[]()").lower()
        if not value or "summary" in value or "abstract" in value:
            continue
        locale = _LOCALE.match(part.strip())
        code = _CODES.get(value) or (_CODES.get(locale.group(1).lower()) if locale else None)
        code = code or _CODES.get(_VARIETY.sub("", value).strip())
        codes.append(code or part.strip(" .[]()").lower())
    return ";".join(dict.fromkeys(codes))
