use super::*;

fn read(format: LegalFormat, text: &str) -> LegalText {
    LegalText::read(format, text.as_bytes().to_vec()).unwrap()
}

#[test]
fn p9_plain_text_keeps_its_lines_and_brings_no_markup() {
    let text = read(
        LegalFormat::Plain,
        "\u{feff}# Terms\r\nline <b>two</b>\r\n \r\n\r\n\"it's\" & so on\n",
    );
    assert_eq!(text.title(), None);
    assert_eq!(
        text.html(),
        "<p># Terms<br>\nline &lt;b&gt;two&lt;/b&gt;</p>\n<p>&quot;it&#39;s&quot; &amp; so on</p>\n"
    );
}

#[test]
fn p9_markdown_has_headings_lists_strong_words_and_links() {
    let text = read(
        LegalFormat::Markdown,
        "# Terms of <use>\n\n## One\nFirst line\nsecond **strong & <i>** line.\n第一行\n第二行\n\n\
         - a [link](https://acme.example/?a=1&b=2)\n- b\n  continued\n1. one\n2. two\n\n3. three\n\n# Last\n#tag",
    );
    assert_eq!(text.title(), Some("Terms of <use>"));
    assert_eq!(
        text.html(),
        "<h3>One</h3>\n<p>First line second <strong>strong &amp; &lt;i&gt;</strong> line. 第一行第二行</p>\n\
         <ul>\n<li>a <a href=\"https://acme.example/?a=1&amp;b=2\">link</a></li>\n<li>b continued</li>\n</ul>\n\
         <ol>\n<li>one</li>\n<li>two</li>\n</ol>\n\
         <ol start=\"3\">\n<li>three</li>\n</ol>\n<h2>Last</h2>\n<p>#tag</p>\n"
    );
}

#[test]
fn p9_no_markup_of_a_file_reaches_the_page() {
    let hostile = [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "[x](https://a\" onclick=\"alert(1))",
        "[<img src=x>](https://a)",
        "**<img src=x onerror=alert(1)>**",
        "# <svg onload=alert(1)>",
        "## <svg onload=alert(1)>",
        "- <svg onload=alert(1)>",
        "[a](https://b\u{0})",
        "&lt;script&gt;",
        "<!--",
        "]]>",
        "**[x](https://a)**",
        "[**x**](https://a)",
    ];
    for line in hostile {
        for format in [LegalFormat::Plain, LegalFormat::Markdown] {
            let text = read(format, &format!("{line}\n{line}"));
            for tag in text.html().split('<').skip(1) {
                let known = [
                    "p>", "/p>", "br>", "h3>", "/h3>", "h2>", "/h2>", "ul>", "/ul>", "li>", "/li>",
                ];
                let known = known.into_iter().chain(["strong>", "/strong>", "/a>"]);
                let is_link = |tag: &str| {
                    let address = tag.strip_prefix("a href=\"").and_then(|it| it.split_once("\">"));
                    address.is_some_and(|(it, _)| it == "https://a")
                };
                assert!(
                    known.into_iter().any(|it| tag.starts_with(it)) || is_link(tag),
                    "{line}: {tag}"
                );
            }
        }
    }
}

#[test]
fn signs_without_a_partner_are_text() {
    for (line, html) in [
        ("2 * 3 ** 4", "<p>2 * 3 ** 4</p>\n"),
        ("** a ** b", "<p>** a ** b</p>\n"),
        ("[a] (b)", "<p>[a] (b)</p>\n"),
        ("[a](b)", "<p>[a](b)</p>\n"),
        ("[a](#b)", "<p><a href=\"#b\">a</a></p>\n"),
        ("[", "<p>[</p>\n"),
        ("1.a", "<p>1.a</p>\n"),
    ] {
        assert_eq!(read(LegalFormat::Markdown, line).html(), html, "{line}");
    }
}

#[test]
fn p9_unreadable_texts_are_refused() {
    let refusal = |bytes: &[u8]| LegalText::read(LegalFormat::Plain, bytes.to_vec()).unwrap_err();
    assert_eq!(refusal(b"\xff"), "is not UTF-8: save it as UTF-8");
    assert_eq!(refusal(b" \n"), "is empty");
    assert!(refusal(&vec![b'a'; MOST_BYTES + 1]).contains("at most 524288"));
}
