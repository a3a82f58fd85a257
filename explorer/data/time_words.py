"""Names of months and weekdays, and of columns of times, in the languages that files
come in."""

import re

ENGLISH = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
"""As forms of dates know them."""

NAMES = (
    "january february march april may june july august september october november "
    "december",
    "januar februar märz april mai juni juli august september oktober november "
    "dezember",
    "jänner februar maerz april mai juni juli august september oktober november "
    "dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "januari februari mars april maj juni juli augusti september oktober november "
    "december",
    "januar februar marts april mai juni juli august september oktober november "
    "desember",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik "
    "listopad grudzień",
    "ledna února března dubna května června července srpna září října listopadu "
    "prosince",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
)
"""The months of a year: English, German and Austrian, French, Spanish, Italian,
Portuguese, Dutch, Swedish, Danish and Norwegian, Polish, Czech, Russian, Turkish."""

SHORT = {
    **{"janv": "Jan", "févr": "Feb", "avr": "Apr", "juil": "Jul", "sept": "Sep"},
    **{"mrz": "Mar", "mrt": "Mar"},
}
"""Short forms that are not the first three letters of a name."""

MONTHS = {
    name[:letters]: english
    for names in NAMES
    for name, english in zip(names.split(), ENGLISH, strict=True)
    for letters in (len(name), 3)
    if name[:letters] not in ("jui", "čer")  # of June or of July
} | SHORT
"""Every name in small letters, and what it is in English."""

DAYS = (
    *("mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("mo", "di", "mi", "do", "fr", "sa", "so"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    *("lun", "mer", "jeu", "ven", "sam", "dim", "mié", "jue", "vie", "sáb", "dom"),
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    *("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
)
"""Of weekdays; "mar" is March."""

MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"

WEEKDAY = re.compile(
    rf"^(?:{'|'.join(sorted(DAYS, key=len, reverse=True))})\b\.?,? (?=[^\W_])", re.I
)

NAMED = re.compile(rf"(?<![^\W\d_]){MONTH}", re.IGNORECASE)


CALLED = re.compile(
    r"(?:^|[^a-z])(?:date|time|datetime|timestamp|time ?stamp|epoch|unix|ts|t|utc|day"
    r"|days|week|month|year|yr|hour|hours|minute|second|seconds|step|index|period"
    r"|datum|zeit|tag|monat|jahr|stunde|fecha|hora|heure|jour)(?:$|[^a-z])"
    r"|[a-z](?:date|time)(?:$|[^a-z])|日期|时间|時間|年|月",
    re.IGNORECASE,
)
"""Names that say that a column tells when."""


SHORT_MONTHS = ("%b %y", "%B %y")
"""Months as in Jan 22, which are days of January where they are not in order."""


def in_english(text: str) -> str:
    """A date without its weekday, its month in English.

    >>> in_english("Mo, 3. März 2022"), in_english("12 août 2021"), in_english("Mar 5")
    ('3. Mar 2022', '12 Aug 2021', 'Mar 5')
    """
    plain = WEEKDAY.sub("", text)
    return NAMED.sub(lambda found: MONTHS[found[0].rstrip(".").lower()], plain)
