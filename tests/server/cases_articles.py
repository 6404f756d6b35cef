"""The articles: each in every language, dated, with sources, and no tag or script of their own."""
import re

LANGUAGES = ("en", "fr", "es", "pt", "ar", "zh", "vi", "tr")


def test_every_article_in_every_language(place):
    lists = {language: re.findall(rf"href='/{language}/articles/([a-z-]+)'", place.get(f"/{language}/articles/").body.decode())
             for language in LANGUAGES}
    names = lists["en"]
    assert len(names) >= 8 and all(names == other for other in lists.values()), lists
    for name in names:
        titles = set()
        for language in LANGUAGES:
            answer = place.get(f"/{language}/articles/{name}")
            page = answer.body.decode()
            assert answer.status == 200, (language, name)
            main = page[page.index("<main"):page.index("</main>")]
            titles.add(re.search(r"<h1[^>]*>([^<]+)</h1>", main)[1])
            assert len(re.findall(r"<h2", main)) >= 2 and re.search(r"<a [^>]*href=['\"]https://", main), (language, name)
            sources = re.findall(r"<a [^>]*href=['\"]https://([^'\"]*)", main[main.rindex("<h2"):])
            bare = [source for source in sources if "/" not in source.rstrip("/")]
            assert sources and not bare, (language, name, bare)  # a home page holds no fact
            assert re.search(r"2026|٢٠٢٦", main) and "<script" not in main and len(main) > 700
            assert f"hreflang='{language}'" in page or f'hreflang="{language}"' in page
        assert len(titles) == len(LANGUAGES), titles
    assert place.get("/en/articles/nothing").status == 404 and place.get("/xx/articles/").status == 404
