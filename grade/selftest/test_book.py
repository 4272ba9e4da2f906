"""The book's own steps: dead links, diagrams, the glossary's order, quotations."""

import pytest
from book.diagrams import inlined
from book.glossary import check_glossary
from book.links import dead_links
from book.sources import BookError, check_headings
from cairn_labs.course.quotes import expand_quotes
from cairn_labs.errors import SourceError


def test_finds_dead_links_and_anchors(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a><a href="b.html#gone">2</a><a href="c.html">3</a>'
        '<a href="#own">4</a><a href="../x">5</a><a href="https://example.org/x">6</a>')
    (tmp_path / "b.html").write_text('<h1 id="there">b</h1>')
    found = [line.split(": ")[1] for line in dead_links(tmp_path)]
    assert found == ["b.html#gone", "c.html", "#own", "../x"]


def test_gives_a_diagram_a_text_alternative_and_the_page_s_colours():
    svg = ('<svg width="30pt" height="9pt">\n<polygon fill="white" stroke="transparent"/>'
           '<g id="node1" class="node">\n<title>a</title><text x="1">disk</text></g>'
           '<g id="node2" class="node">\n<title>b</title><path stroke="black"/></g>'
           '<g id="edge1" class="edge">\n<title>a&#45;&gt;b</title><path d=""/></g></svg>')
    page = inlined(svg, "From a to b", 3)
    assert "<title>From a to b</title><desc>Boxes: disk; b. disk leads to b.</desc>" in page
    assert "white" not in page and "black" not in page and 'id="diagram3-node1"' in page


@pytest.mark.parametrize("text", ["## b {#term_b}\n## a {#term_a}\n", "## a {#a}\n", "## a\n"])
def test_wants_the_glossary_in_order(tmp_path, text):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/glossary.md").write_text(text)
    with pytest.raises(BookError):
        check_glossary(tmp_path)


def test_wants_an_anchor_at_every_heading(tmp_path):
    (tmp_path / "a.md").write_text("# A {#a}\n```\n# no heading\n```\n## B\n")
    with pytest.raises(BookError, match="a.md:5"):
        check_headings(tmp_path, "a.md")


def test_quotes_code_by_its_tag(tmp_path):
    mark = "//" + "@quote [part]\n"
    (tmp_path / "a.c").write_text(f"int a;\n{mark}    int b;\n{mark}int c;\n")
    assert expand_quotes(tmp_path, "x.md", "\\snippet a.c part\n") == "```{.c}\nint b;\n```\n"
    with pytest.raises(SourceError, match="x.md:2"):
        expand_quotes(tmp_path, "x.md", "\n\\snippet a.c gone\n")
