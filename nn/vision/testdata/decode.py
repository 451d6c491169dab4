"""Writes decode.json: small files of every format and kind, and the pixels that PIL reads from them,
turned upright and laid on white. Made with Pillow 9.4.0."""
import base64
import io
import json
import math

from PIL import Image, ImageOps

WIDTH, HEIGHT = 37, 23


def picture(width=WIDTH, height=HEIGHT):
    """Smooth waves of colour with hard edges, so that chroma matters."""
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            red = int(127 + 120 * math.sin(x / 5) * math.cos(y / 7))
            image.putpixel((x, y), (red, (x * 255) // width, 240 if (x // 9 + y // 6) % 2 else 20))
    return image


def alpha():
    image = picture().convert("RGBA")
    for y in range(HEIGHT):
        for x in range(WIDTH):
            r, g, b, _ = image.getpixel((x, y))
            image.putpixel((x, y), (r, g, b, min(255, x * 9)))
    return image


def save(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def upright_on_white(file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if image.mode in ("RGBA", "LA", "P"):
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    return e


rgb = picture()
palette = rgb.quantize(16)
gif = rgb.quantize(15)
files = {
    "jpeg 4:2:0": save(rgb, format="JPEG", quality=90, subsampling="4:2:0"),
    "jpeg 4:2:2": save(rgb, format="JPEG", quality=90, subsampling="4:2:2"),
    "jpeg 4:4:4": save(rgb, format="JPEG", quality=90, subsampling="4:4:4"),
    "jpeg progressive": save(rgb, format="JPEG", quality=80, progressive=True),
    "jpeg grey": save(rgb.convert("L"), format="JPEG", quality=90),
    "jpeg two columns": save(rgb.crop((0, 0, 2, 9)), format="JPEG", quality=95),
    "jpeg one pixel": save(rgb.crop((9, 9, 10, 10)), format="JPEG", quality=95),
    "png": save(rgb, format="PNG"),
    "png grey": save(rgb.convert("L"), format="PNG"),
    "png one bit": save(rgb.convert("1"), format="PNG"),
    "png palette": save(palette, format="PNG"),
    "png palette, transparent": save(palette, format="PNG", transparency=3),
    "png alpha": save(alpha(), format="PNG"),
    "png grey alpha": save(alpha().convert("LA"), format="PNG"),
    "gif": save(gif, format="GIF"),
    "gif transparent": save(gif, format="GIF", transparency=2),
    "webp": save(rgb, format="WEBP", quality=80),
    "webp lossless": save(rgb, format="WEBP", lossless=True),
    "webp alpha": save(alpha(), format="WEBP", quality=80),
    "webp lossless alpha": save(alpha(), format="WEBP", lossless=True, exact=True),
}
for o in range(1, 9):
    files[f"png orientation {o}"] = save(rgb, format="PNG", exif=exif(o))
    files[f"jpeg orientation {o}"] = save(rgb, format="JPEG", quality=95, exif=exif(o))
    files[f"webp orientation {o}"] = save(rgb, format="WEBP", lossless=True, exif=exif(o))

cases = []
for name, file in files.items():
    image = upright_on_white(file)
    cases.append({"name": name, "file": base64.b64encode(file).decode(), "width": image.width, "height": image.height,
                  "rgb": base64.b64encode(image.tobytes()).decode()})
json.dump(cases, open("decode.json", "w"), indent=0)
