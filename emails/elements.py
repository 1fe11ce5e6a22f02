"""MJML's elements: where each may stand and which attributes it takes.

From the component tables of MJML 4 and 5, less what the engine does not know. `WITHHELD` is what we do not offer in
lessons, each with a sentence; a document that is compiled by itself may hold those of them that are in `ELEMENTS`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """Parents that may hold it, attributes it takes; `holds` says what is inside: "mjml", "html", "text", "nothing"."""

    parents: frozenset[str]
    attributes: frozenset[str]
    holds: str = "mjml"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _sides(name: str) -> str:
    return " ".join(f"{name} {name}-top {name}-right {name}-bottom {name}-left".split())


EVERYWHERE = "css-class mj-class"
PADDING = _sides("padding")
BORDER = _sides("border") + " border-radius"
BACKGROUND = "background-color background-url background-repeat background-size background-position"
BACKGROUND_XY = "background-position-x background-position-y"
TYPE = "color font-family font-size font-style font-weight letter-spacing line-height text-decoration text-transform"
BOX = f"align container-background-color {PADDING}"
# What an icon of this name makes of its link: a page on which the reader shares it. `facebook-noshare` leaves it alone.
SHARES = {
    "facebook": "https://www.facebook.com/sharer/sharer.php?u=[[URL]]",
    "twitter": "https://twitter.com/intent/tweet?url=[[URL]]",
    "x": "https://twitter.com/intent/tweet?url=[[URL]]",
    "google": "https://plus.google.com/share?url=[[URL]]",
    "pinterest": "https://pinterest.com/pin/create/button/?url=[[URL]]&media=&description=",
    "linkedin": "https://www.linkedin.com/shareArticle?mini=true&url=[[URL]]&title=&summary=&source=",
    "xing": "https://www.xing.com/app/user?op=share&url=[[URL]]",
    "tumblr": "https://www.tumblr.com/widgets/share/tool?canonicalUrl=[[URL]]",
}

COLUMN = "mj-column"
INSIDE = "mj-column mj-hero mj-attributes"  # content components stand in a column, their defaults in mj-attributes


def _element(parents: str, attributes: str = "", holds: str = "mjml") -> Element:
    return Element(_words(parents), _words(f"{attributes} {EVERYWHERE}"), holds)


_SECTION = f"{BACKGROUND} {BACKGROUND_XY} {BORDER} {PADDING} direction full-width text-align text-padding"
_COLUMN = (
    f"background-color {BORDER} {PADDING} direction inner-background-color {_sides('inner-border')} "
    "inner-border-radius vertical-align width"
)
_IMAGE = (
    f"{BOX} alt border border-top border-right border-bottom border-left border-radius fluid-on-mobile font-size "
    "height href max-height name rel sizes src srcset target title usemap width"
)
_BUTTON = (
    f"{BOX} {TYPE} background-color {BORDER} height href inner-padding name rel target text-align title "
    "vertical-align width"
)
_SOCIAL = (
    f"{BOX} {TYPE} border-radius icon-height icon-padding icon-size inner-padding mode table-layout text-padding "
    "vertical-align"
)
_SOCIAL_ELEMENT = (
    f"{TYPE} {PADDING} align alt background-color border-radius href icon-height icon-padding icon-position "
    "icon-size name rel src srcset sizes target text-padding title vertical-align"
)

_ACCORDION = (
    "border font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width "
    "icon-wrapped-alt icon-wrapped-url"
)

ELEMENTS: dict[str, Element] = {
    "mjml": _element("", "lang dir owa version"),
    "mj-head": _element("mjml"),
    "mj-body": _element("mjml mj-attributes", "background-color width id title"),
    "mj-attributes": _element("mj-head"),
    "mj-all": Element(_words("mj-attributes"), frozenset({"*"}), "nothing"),
    "mj-class": Element(_words("mj-attributes"), frozenset({"*"}), "mjml"),
    "mj-breakpoint": _element("mj-head", "width", "nothing"),
    "mj-font": _element("mj-head", "name href", "nothing"),
    "mj-preview": _element("mj-head", "", "text"),
    "mj-style": _element("mj-head", "inline", "text"),
    "mj-title": _element("mj-head", "", "text"),
    "mj-wrapper": _element("mj-body mj-attributes", f"{_SECTION} gap"),
    "mj-section": _element("mj-body mj-wrapper mj-attributes", _SECTION),
    "mj-group": _element("mj-section mj-attributes", "background-color direction vertical-align width"),
    "mj-column": _element("mj-section mj-group mj-attributes", _COLUMN),
    "mj-text": _element(INSIDE, f"{BOX} {TYPE} height vertical-align", "html"),
    "mj-button": _element(INSIDE, _BUTTON, "html"),
    "mj-image": _element(INSIDE, _IMAGE, "nothing"),
    "mj-divider": _element(INSIDE, f"{BOX} border-color border-style border-width width", "nothing"),
    "mj-spacer": _element(INSIDE, f"container-background-color {PADDING} height", "nothing"),
    "mj-table": _element(
        INSIDE, f"{BOX} {TYPE} border cellpadding cellspacing role table-layout width vertical-align", "html"
    ),
    "mj-social": _element(INSIDE, _SOCIAL),
    "mj-social-element": _element("mj-social mj-attributes", _SOCIAL_ELEMENT, "html"),
    "mj-raw": _element(
        "mj-head mj-body mj-wrapper mj-section mj-group mj-column mj-hero mj-navbar mj-social", "position", "html"
    ),
}

ELEMENTS |= {
    "mj-hero": _element(
        "mj-body mj-wrapper mj-attributes",
        f"{BACKGROUND} {PADDING} {_sides('inner-padding')} background-height background-width border-radius height "
        "inner-background-color mode vertical-align",
    ),
    "mj-navbar": _element(
        INSIDE,
        f"{PADDING} {_sides('ico-padding')} align base-url hamburger ico-align ico-close ico-color ico-font-family "
        "ico-font-size ico-line-height ico-open ico-text-decoration ico-text-transform",
    ),
    "mj-navbar-link": _element("mj-navbar mj-attributes", f"{TYPE} {PADDING} href name rel target", "html"),
    "mj-accordion": _element(INSIDE, f"{PADDING} {_ACCORDION} container-background-color"),
    "mj-accordion-element": _element("mj-accordion mj-attributes", f"{_ACCORDION} background-color"),
    "mj-accordion-title": _element("mj-accordion-element mj-attributes", f"{TYPE} {PADDING} background-color", "html"),
    "mj-accordion-text": _element("mj-accordion-element mj-attributes", f"{TYPE} {PADDING} background-color", "html"),
    "mj-carousel": _element(
        INSIDE,
        f"{BOX} border-radius icon-width left-icon right-icon tb-border tb-border-radius tb-hover-border-color "
        "tb-selected-border-color tb-width thumbnails",
    ),
    "mj-carousel-image": _element(
        "mj-carousel mj-attributes",
        "alt border-radius href rel src target tb-border tb-border-radius thumbnails-src title",
        "nothing",
    ),
}

_TRICKS = "it needs tricks that many mail programs do not know"
_ON_ITSELF = "write the attribute on the element itself"
WITHHELD = {
    "mj-accordion": _TRICKS,
    "mj-accordion-element": _TRICKS,
    "mj-accordion-title": _TRICKS,
    "mj-accordion-text": _TRICKS,
    "mj-carousel": _TRICKS,
    "mj-carousel-image": _TRICKS,
    "mj-hero": _TRICKS,
    "mj-navbar": _TRICKS,
    "mj-navbar-link": _TRICKS,
    "mj-html-attributes": _ON_ITSELF,
    "mj-html-attribute": _ON_ITSELF,
    "mj-selector": _ON_ITSELF,
    "mj-include": "a lesson is one file: put the text here",
}

# HTML that needs no closing tag, and HTML that must not be in a mail at all.
VOID = _words("area base br col embed hr img input link meta param source track wbr")
FORBIDDEN = _words("script form iframe object embed input button select textarea base link meta frame frameset applet")
LEFT_OUT = _words("base link meta")  # of these, what a document by itself may bring along, in vain
IMPLIED_ENDS = _words("p li td th tr tbody thead tfoot dt dd option colgroup")
