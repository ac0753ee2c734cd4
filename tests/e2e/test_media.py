"""Sound, video, pictures, pages and files of outputs on the page: embedded, and by their paths
beside the script. What cannot be shown says so; what is of the network waits until it is wanted.
"""

from __future__ import annotations

import struct
import wave
import zlib
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Server, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

# Recorded by Chromium's MediaRecorder of a canvas of 64 by 48 pixels.
VIDEO = (Path(__file__).parent / "media/dot.webm").read_bytes()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    )


@pytest.fixture
def folder(server: Server) -> Path:
    folder = Path(server.root) / "show me"
    folder.mkdir(exist_ok=True)
    (folder / "plot 1.png").write_bytes(png(40, 30))
    (folder / "dot.webm").write_bytes(VIDEO)
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(range(0, 256, 2)) * 20)
    (folder / "page.html").write_text(
        "<h1>A page</h1><img src='plot%201.png'><script>document.title = 'ran'</script>"
    )
    (folder / "unready.html").write_text(
        "<p>text</p><script src='https://x.invalid/a.js'></script>"
    )
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "sub/page.html").write_text("<img src='../plot%201.png'>")
    (folder.parent / "above.png").write_bytes(png(7, 7))
    (Path(server.root).parent / "outside.png").write_bytes(png(9, 9))
    return folder


SCRIPT = r'''"""
# A picture

![the plot](plot%201.png)
"""
from IPython.display import HTML, Audio, FileLink, IFrame, Image, Video, YouTubeVideo, display
Audio([0.0, 0.5, -0.5] * 999, rate=8000)
Audio("tone.wav")
Audio(url="tone.wav")
Video("dot.webm")
Video("dot.webm", embed=True)
Image(url="plot 1.png", width=20)
HTML("<style>img { border: 0 }</style><img src='plot%201.png'>")
HTML("<video src=dot.webm></video><img src='plot%201.png'><script>1</script>")
FileLink("tone.wav")
IFrame("page.html", 300, 80)
IFrame("https://site.invalid/a?b", 300, 80)
YouTubeVideo("abc")
HTML("<p></p><script>document.querySelector('p').innerHTML = \"<img src='plot%201.png'>\"</script>")
IFrame("sub/page.html", 300, 80)
HTML("<p>a template</p><script>`<img src='${1}.png'>`</script>")
'''
LINES = {text: number for number, text in enumerate(SCRIPT.split("\n"), 1)}


def line(start: str) -> int:
    return next(number for text, number in LINES.items() if text.startswith(start))


def test_files_beside_the_script_are_shown_wherever_an_output_names_them(
    tab: Tab, folder: Path
) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.open("show me/media.py", SCRIPT)
    tab.page.keyboard.press("Control+Shift+Enter")
    wide = "image => image.decode().then(() => image.naturalWidth)"
    image = tab.output(1).locator("img")
    expect(image).to_have_attribute("alt", "the plot")
    assert image.evaluate(wide) == 40

    for start in ("Audio([0", 'Audio("tone', "Audio(url"):
        sound = tab.output(line(start)).locator("audio[controls]")
        expect(sound).to_be_visible()
        assert sound.evaluate(PLAYABLE) > 0, start
        assert sound.bounding_box()["height"] == 40
    for start in ('Video("dot.webm")', 'Video("dot.webm", embed'):
        film = tab.output(line(start)).locator("video[controls]")
        assert film.evaluate(PLAYABLE) >= 0, start
        assert film.evaluate("video => [video.videoWidth, video.videoHeight]") == [64, 48]

    for start in ("Image(url", 'HTML("<style>'):
        image = tab.output(line(start)).locator("img")
        expect(image).to_be_visible()
        assert image.evaluate(wide) == 40
    frame = tab.output(line('HTML("<video')).frame_locator("iframe")
    assert frame.locator("video").evaluate(PLAYABLE) >= 0
    assert frame.locator("img").evaluate(wide) == 40

    link = tab.output(line("FileLink")).locator("a")
    answer = tab.page.request.get(link.evaluate("link => link.href"))
    assert answer.status == 200
    assert answer.body() == (folder / "tone.wav").read_bytes()

    page = tab.output(line('IFrame("page'))
    expect(page.frame_locator("iframe").locator("h1")).to_have_text("A page")
    assert page.frame_locator("iframe").locator("img").evaluate(wide) == 40
    assert page.locator(".rdit-embedded").bounding_box()["height"] == 80

    # In a string of a script, in the quotes that stand there; and of a page in a folder.
    for start in ('HTML("<p></p>', 'IFrame("sub'):
        image = tab.output(line(start)).frame_locator("iframe").locator("img")
        assert image.evaluate(wide) == 40, start

    # What a template will name is not asked for.
    template = tab.output(line('HTML("<p>a template')).frame_locator("iframe")
    expect(template.locator("p")).to_be_visible()

    # Pages of the network are links, until they are asked for.
    site = tab.output(line('IFrame("https'))
    expect(site.locator("a")).to_have_attribute("href", "https://site.invalid/a?b")
    film = tab.output(line("YouTubeVideo")).locator("a")
    expect(film).to_have_attribute("href", "https://www.youtube.com/watch?v=abc")
    here = tab.page.url.split("/")[2]
    assert [
        url for url in asked if here not in url and not url.startswith(("data:", "blob:"))
    ] == []
    site.get_by_role("button", name="Load here").click()
    inner = site.locator("iframe")
    expect(inner).to_have_attribute("src", "https://site.invalid/a?b")
    assert "allow-top-navigation" not in inner.get_attribute("sandbox")
    tab.close(forgive=True)  # it is not there


PLAYABLE = """media => new Promise((resolve, reject) => {
    const seen = () => resolve(Number.isFinite(media.duration) ? media.duration : 0);
    if (media.readyState) seen();
    media.onloadedmetadata = seen;
    media.onerror = () => reject(new Error(media.error.message));
})"""

GONE = r'''"""
![attached](attachment:a.png)
"""
from IPython.display import HTML, IFrame, Markdown, Video
HTML('<img src="no.png"> beside text')
HTML('<img src="../../outside.png">')
HTML('<img src="file:///etc/hostname">')
Video(url="plot 1.png")
Markdown('![b](../../outside.png)')
HTML('<img src="data:image/png;base64,AAAA">')
IFrame("no.html", 300, 80)
IFrame("unready.html", 300, 80)
HTML("<video src='page.html'></video><script>1</script>")
HTML("<img src=../above.png><img src=sub/%2e%2e/../above.png><img src=/above.png><script></script>")
'''


def test_what_cannot_be_loaded_says_which_file_it_is(tab: Tab, folder: Path) -> None:
    tab.open("show me/gone.py", GONE)
    tab.page.keyboard.press("Control+Shift+Enter")
    said = {
        1: "attachments are of notebooks",
        5: "no.png cannot be shown",
        6: "outside.png cannot be shown",
        7: "pages load no files by file: addresses",
        8: "plot 1.png cannot be shown",
        9: "outside.png cannot be shown",
        10: "This image/png cannot be shown",
        11: "no.html cannot be shown",
        12: "could not be loaded: https://x.invalid/a.js",
    }
    for number, words in said.items():
        expect(tab.output(number)).to_contain_text(words)
    expect(tab.output(5)).to_contain_text("beside text")
    # Below a page, whose height is given, not in it.
    expect(tab.output(12).locator(".rdit-embedded iframe")).to_have_count(1)
    expect(tab.output(12).locator(".rdit-embedded .rdit-line")).to_have_count(0)
    # Bytes of other files are not handed to a frame, whose scripts could read them.
    frame = tab.output(13).frame_locator("iframe")
    expect(frame.locator("video")).to_have_attribute("src", "page.html")
    # Nor is what stands outside of the script's folder.
    inner = tab.output(14).frame_locator("iframe").locator("img")
    expect(inner).to_have_count(3)
    assert not any(
        source.startswith("data:")
        for source in inner.evaluate_all("all => all.map(one => one.getAttribute('src'))")
    )
    tab.close(forgive=True)  # browsers name what did not load


def test_a_pdf_is_shown_and_can_be_opened(tab: Tab) -> None:
    tab.open(
        "pdf.py",
        "class Paper:\n    def _repr_pdf_(self):\n        return b'%PDF-1.4\\n%%EOF'\n"
        "\n\nPaper()\n",
    )
    tab.page.keyboard.press("Control+Shift+Enter")
    link = tab.output(6).get_by_role("link", name="PDF, 14 bytes")
    expect(link).to_be_visible()
    text = tab.page.evaluate(
        "url => fetch(url).then(answer => answer.text())", link.get_attribute("href")
    )
    assert text.startswith("%PDF")
