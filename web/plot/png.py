"""A picture as PNG, in the colours of the day, twice as fine as its pixels say."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageColor import getrgb

from web.plot.shapes import Box, Picture
from web.plot.svg import DAY

SCALE = 2
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(picture: Picture) -> bytes:
    """The file. Its letters are those that come with Pillow, so it looks the same on every machine."""
    image = Image.new("RGB", (picture.width * SCALE, picture.height * SCALE), DAY["paper"])
    pen = ImageDraw.Draw(image)
    for shape in picture.shapes:
        if isinstance(shape, Box):
            # Its last pixel belongs to a rectangle of Pillow's.
            corner = (shape.x + shape.width) * SCALE - 1, (shape.y + shape.height) * SCALE - 1
            start = shape.x * SCALE, shape.y * SCALE
            if corner[0] >= start[0] and corner[1] >= start[1]:
                pen.rectangle((start, corner), fill=_on_paper(DAY[shape.role], shape.strength))
        else:
            font = ImageFont.load_default(shape.size * SCALE)
            at = shape.x * SCALE, shape.y * SCALE
            pen.text(
                at,
                shape.text,
                fill=DAY[shape.role],
                font=font,
                anchor=ANCHORS[shape.anchor],
                stroke_width=0.5 if shape.bold else 0,
            )
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _on_paper(colour: str, strength: float) -> tuple[int, int, int]:
    over, under = getrgb(colour), getrgb(DAY["paper"])
    red, green, blue = (round(a * strength + b * (1 - strength)) for a, b in zip(over[:3], under[:3], strict=True))
    return red, green, blue
