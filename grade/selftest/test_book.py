"""The book's own steps: dead links, diagrams, glossary, ways through, searching, quotations."""

from pathlib import Path

import pytest
from book.diagrams import inlined
from book.glossary import glossary_page
from book.links import dead_links
from book.navigation import Navigation
from book.search import entries, write_index
from book.sources import BookError, Page, Part, check_headings
from cairn_labs.course.quotes import expand_quotes
from cairn_labs.errors import SourceError


def test_finds_dead_links_and_anchors(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a><a href="b.html#gone">2</a><a href="c.html">3</a>'
        '<a href="#own">4</a><a href="../x">5</a><a href="https://example.org/x">6</a>')
    (tmp_path / "b.html").write_text('<h1 id="there">b</h1>')
    found = [line.split(": ")[1] for line in dead_links(tmp_path)]
    assert found == ["b.html#gone", "c.html", "#own", "../x"]


def test_finds_dead_places_in_the_search_index(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="there">b</h1><!-- start footer part -->')
    write_index(tmp_path, {"a.html": '<div class="title">A</div><h1><a id="there"></a>b</h1>'
                                     '<h1><a id="gone"></a>c</h1>'})
    assert [line.split(": ")[1] for line in dead_links(tmp_path)] == ["a.html#gone"]


def test_gives_a_diagram_a_text_alternative_and_the_page_s_colours():
    svg = ('<svg width="30pt" height="9pt">\n<polygon fill="white" stroke="transparent"/>'
           '<g id="node1" class="node">\n<title>a</title><text x="1">disk</text></g>'
           '<g id="node2" class="node">\n<title>b</title><path stroke="black"/></g>'
           '<g id="edge1" class="edge">\n<title>a&#45;&gt;b</title><path d=""/></g></svg>')
    page = inlined(svg, "From a to b", 3)
    assert "<title>From a to b</title><desc>Boxes: disk; b. disk leads to b.</desc>" in page
    assert "white" not in page and "black" not in page and 'id="diagram3-node1"' in page


def glossary(project: Path, text: str, of_lab: str | None = None) -> str:
    (project / "docs").mkdir()
    (project / "docs/glossary.md").write_text(text)
    if of_lab is not None:
        (project / "labs/02-frames").mkdir(parents=True)
        (project / "labs/02-frames/glossary.md").write_text(of_lab)
    return glossary_page(project)


@pytest.mark.parametrize("text", ["## b {#term_b}\n## a {#term_a}\n", "## a {#a}\n", "## a\n"])
def test_wants_the_glossary_in_order(tmp_path, text):
    with pytest.raises(BookError):
        glossary(tmp_path, text)


def test_puts_the_terms_of_labs_into_the_glossary(tmp_path):
    page = glossary(tmp_path, "# G {#g}\n\n## a {#term_a}\n\nAn a.\n\n## c {#term_c}\n\nA c.\n",
                    "## b {#term_b}\n\nA b.\n")
    assert page.split() == ("# G {#g} ## a {#term_a} An a. ## b {#term_b} A b. "
                            "## c {#term_c} A c.").split()


@pytest.mark.parametrize("of_lab", ["## a {#term_a}\n\nAgain.\n", "Words.\n## b {#term_b}\n"])
def test_refuses_terms_of_labs_that_do_not_fit(tmp_path, of_lab):
    with pytest.raises(BookError, match="labs/02-frames/glossary.md"):
        glossary(tmp_path, "# G {#g}\n\n## a {#term_a}\n\nAn a.\n", of_lab)


def test_leads_through_the_book_and_back_up():
    parts = [Part("One", (Page("a", "A", ""), Page("b", "B", "")))]
    navigation = Navigation(parts, {"a": [Page("a1", "A <1>", ""), Page("a2", "A 2", "")]})
    assert [page.label for page in navigation.order] == ["index", "a", "a1", "a2", "b"]
    assert 'rel="prev" href=' not in navigation.turn("index.html")
    turn = navigation.turn("a2.html")
    assert 'rel="prev">A &lt;1&gt;<' in turn and 'rel="next">B<' in turn and 'rel="up">A<' in turn
    assert navigation.turn("elsewhere.html") == ""
    assert navigation.sidebar("a1.html").count('aria-current="page"') == 1
    assert "a2.html" not in navigation.sidebar("b.html")


def test_indexes_sections_with_their_places():
    page = ('<div class="title">Lab <div class="ingroups">Up</div></div><p>intro</p>'
            '<nav>not this</nav><h1><a class="anchor" id="x"></a>First</h1><p>some</p><p>words</p>'
            '<h2 class="memtitle"><span><a href="#y">\u25c6\xa0</a></span>call()</h2>'
            '<p>does. Definition at line 12 of file a_b.c.</p>'
            '<!-- start footer part --><p>footer</p>')
    assert entries("lab.html", page) == [
        ["Lab", "", "lab.html", "Up intro"], ["First", "Lab", "lab.html#x", "some words"],
        ["call()", "Lab", "lab.html#y", "does."]]
    assert entries("a_8c_source.html", page) == []


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
