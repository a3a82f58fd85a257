"""How the ways to take a picture away are called."""

from explorer.ui.language import Translate


def saving_strings(_: Translate) -> dict[str, str]:
    """The words of the drawer under every picture."""
    return {
        "save": _("Save this picture"),
        "png": _("Image (PNG)"),
        "svg": _("Drawing (SVG)"),
        "printPng": _("Image for print (PNG)"),
        "printSvg": _("Drawing for print (SVG)"),
        "csv": _("What is drawn (CSV)"),
        "allCsv": _("All numbers behind it (CSV)"),
        "series": _("Series"),
    }
