"""Atom feeds: well-formed, complete by RFC 4287, the same each time, and true."""
import re
import xml.etree.ElementTree as ElementTree

from harness import quote_sql, wait_for

ATOM = "{http://www.w3.org/2005/Atom}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def feed(place, target):
    """Reads a feed as strictly as the feed validator does, and gives its root."""
    answer = place.get(target)
    assert answer.status == 200, (target, answer.status, answer.body[:300])
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed" and root.attrib["{http://www.w3.org/XML/1998/namespace}lang"]
    known = {"title", "subtitle", "id", "updated", "author", "link", "entry", "summary"}
    ids = []
    for part in (root, *root.findall(f"{ATOM}entry")):
        names = [child.tag.removeprefix(ATOM) for child in part]
        assert set(names) <= known, names
        for once in ("title", "id", "updated"):
            assert names.count(once) == 1, (once, names)
        assert part.find(f"{ATOM}title").text.strip() and not list(part.find(f"{ATOM}title")), "a title is plain text"
        assert INSTANT.match(part.find(f"{ATOM}updated").text)
        assert re.match(r"https?://", part.find(f"{ATOM}id").text)
        assert [link for link in part.findall(f"{ATOM}link") if link.attrib["rel"] == "alternate"]
        ids.append(part.find(f"{ATOM}id").text)
    assert len(set(ids)) == len(ids), ids
    assert root.find(f"{ATOM}author/{ATOM}name").text
    own = [link.attrib["href"] for link in root.findall(f"{ATOM}link") if link.attrib["rel"] == "self"]
    assert len(own) == 1 and own[0].endswith(target) and own[0] == root.find(f"{ATOM}id").text
    entries = root.findall(f"{ATOM}entry")
    updated = [entry.find(f"{ATOM}updated").text for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert not entries or root.find(f"{ATOM}updated").text == updated[0]
    return root


def entries(root):
    return [(entry.find(f"{ATOM}id").text, entry.find(f"{ATOM}title").text) for entry in root.findall(f"{ATOM}entry")]


def test_every_language_has_feeds(place):
    for language in ("en", "fr", "es", "pt", "ar", "zh", "vi", "tr"):
        for corridor in ("FR-SN", "US-MX", "GB-IN"):
            feed(place, f"/{language}/{corridor}/feed.atom")
        feed(place, f"/{language}/FR-SN/feed.atom?below=5")
    first = place.get("/en/FR-SN/feed.atom")
    again = place.get("/en/FR-SN/feed.atom")
    assert first.body == again.body and first.headers["etag"] == again.headers["etag"]
    assert place.get("/en/FR-SN/feed.atom", headers={"If-None-Match": first.headers["etag"]}).status == 304


def test_a_feed_tells_when_the_best_offer_changes_and_falls(place):
    plain, below = "/en/AT-BJ/feed.atom", "/en/AT-BJ/feed.atom?below=3"
    assert entries(feed(place, plain)) == [] and entries(feed(place, below)) == []
    dear = dict(operator="dear", ref="a", rate="640", fee="10")
    place.sql(quote_sql("AT-BJ", **dear))
    first = entries(feed(place, plain))
    assert len(first) == 1 and "dear" in first[0][1], first
    assert entries(feed(place, below)) == [], "7 % is not below 3 %"
    place.sql(quote_sql("AT-BJ", operator="cheap", ref="b", rate="652", fee="1")
              .replace("'Test cheap'", "'cheap <b>&amp;'"))
    # A kept feed goes when its worker hears of the change, and each question may reach another worker.
    for target, title in ((plain, "cheap <b>&amp;"), (below, "cheap")):
        wait_for(f"the new best offer is in {target}", 10,
                 lambda target=target, title=title: [title in each for _, each in entries(feed(place, target))] == [True])
    operator = entries(feed(place, "/en/operators/cheap/feed.atom"))
    assert len(operator) == 1, operator


def test_feeds_refuse(place):
    for below in ("0", "-1", "x", "101", "1e1", "", "3%25", "3&below=3", "3&colour=red"):
        assert place.get(f"/en/FR-SN/feed.atom?below={below}").status == 400, below
    for target in ("/xx/FR-SN/feed.atom", "/en/FR-FR/feed.atom", "/en/nowhere/feed.atom", "/en/operators/nobody/feed.atom",
                   "/en/operators/" + "x" * 200 + "/feed.atom"):
        assert place.get(target).status == 404, target
