"""Pictures to upload: good ones of every kind, and files that are made to do harm."""

import io
import random
import struct
import zlib

from PIL import Image, ImageDraw, PngImagePlugin

SECRET = b"<script>fetch('https://evil.example/')</script>"


def drawn(size: tuple[int, int] = (300, 120), mode: str = "RGB") -> Image.Image:
    """A red disc on white."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).ellipse((0, 0, min(size) - 1, min(size) - 1), fill="#c00000")
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a file of this kind."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def a_png(width: int = 300, height: int = 120) -> bytes:
    return saved(drawn((width, height)), "PNG")


def with_words() -> bytes:
    """A PNG that carries a script in a text of its own, and behind its end."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET.decode())
    return saved(drawn(), "PNG", pnginfo=told) + SECRET


def with_place_and_script() -> bytes:
    """A JPEG taken on its side that tells where, with a script in its comment and behind its end."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    exif[0x010E] = "taken at 19.0760 N 72.8777 E"
    return saved(drawn((200, 100)), "JPEG", exif=exif, comment=SECRET) + SECRET


def an_animation(kind: str) -> bytes:
    frames = [drawn((60, 60)), Image.new("RGB", (60, 60), "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of some kilobytes that says it is as large as that, and has the pixels, all black."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer, rows = zlib.compressobj(9), bytes(width // 8 + 1)
    pixels = b"".join(packer.compress(rows) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def noise(width: int, height: int) -> bytes:
    """What can be pressed together least."""
    return saved(Image.frombytes("RGBA", (width, height), random.Random(7).randbytes(width * height * 4)), "PNG")


def a_gif() -> bytes:
    return saved(drawn(), "GIF")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body>" + SECRET + b"</body></html>"

REFUSED = {
    "html named png": (HTML, "no PNG, JPEG or WebP"),
    "svg": (SVG, "no PNG, JPEG or WebP"),
    "gif": (a_gif(), "no PNG, JPEG or WebP"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "no PNG, JPEG or WebP"),
    "only the beginning of a png": (b"\x89PNG\r\n\x1a\n", "no PNG, JPEG or WebP"),
    "half a png": (noise(60, 60)[:7000], "damaged"),
    "half a jpeg": (saved(drawn((600, 600)), "JPEG")[:3000], "damaged"),
    "half a webp": (saved(drawn((600, 600)), "WEBP")[:700], "damaged"),
    "a png whose sum is wrong": (a_png()[:60] + b"\x00" + a_png()[61:], "damaged"),
    "a bomb of a hundred million pixels": (a_bomb(10_000, 10_000), "more than 24 million pixels"),
    "a line of a million pixels": (a_bomb(1_000_000, 1), "a side longer than 12000"),
    "sizes that no machine has": (
        a_bomb(8, 8)[:16] + b"\x7f\xff\xff\xff" * 2 + a_bomb(8, 8)[24:],
        "no PNG, JPEG or WebP",
    ),
    "an animated png": (an_animation("PNG"), "moving"),
    "an animated webp": (an_animation("WEBP"), "moving"),
}
"""Files that are refused, and with which words."""

TAKEN = {
    "png": (a_png(), (300, 120)),
    "palette": (saved(drawn(mode="P"), "PNG"), (300, 120)),
    "grey with opacity": (saved(drawn(mode="LA"), "PNG"), (300, 120)),
    "16 bits": (saved(Image.new("I;16", (40, 40), 40_000), "PNG"), (40, 40)),
    "one bit": (saved(drawn(mode="1"), "PNG"), (300, 120)),
    "jpeg": (saved(drawn(), "JPEG"), (300, 120)),
    "cmyk jpeg": (saved(drawn(mode="CMYK"), "JPEG"), (300, 120)),
    "grey jpeg": (saved(drawn(mode="L"), "JPEG"), (300, 120)),
    "progressive jpeg": (saved(drawn(), "JPEG", progressive=True), (300, 120)),
    "webp": (saved(drawn(), "WEBP"), (300, 120)),
    "png with words behind it": (with_words(), (300, 120)),
    "jpeg on its side": (with_place_and_script(), (100, 200)),
    "a bomb that just fits": (a_bomb(4_800, 4_800), (360, 360)),
    "a photograph of 12 million pixels": (saved(drawn((4_000, 3_000)), "JPEG"), (480, 360)),
    "as thin as a hair": (a_bomb(12_000, 1), (720, 1)),
    "one pixel": (a_png(1, 1), (1, 1)),
    "noise": (noise(1_440, 720), (720, 360)),
}
"""Files that are taken, and how large what is kept of them is."""
