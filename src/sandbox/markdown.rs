//! Markdown as HTML that does no harm: whatever somebody wrote, no script of theirs runs where it is shown.

use ammonia::Builder;
use comrak::Options;
use std::sync::LazyLock;

/// How deep elements may lie in one another. Sanitising takes time by the square of it, and nobody writes such notes.
const MAX_DEPTH: usize = 256;
/// Elements that hold nothing, and so are never closed.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "wbr", "col"];

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    // HTML in Markdown is Markdown; what of it is let through is decided below.
    options.render.r#unsafe = true;
    options
});

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["input"])
        .add_tag_attributes("input", ["checked", "disabled"])
        .add_tag_attribute_values("input", "type", ["checkbox"])
        .set_tag_attribute_value("input", "disabled", "");
    builder
});

/// The text as HTML, with GitLab's extensions to `CommonMark`.
pub(crate) fn to_html(text: &str) -> String {
    let html = comrak::markdown_to_html(text, &OPTIONS);
    if depth(&html) > MAX_DEPTH {
        return format!("<pre>{}</pre>", ammonia::clean_text(text));
    }
    SANITIZER.clean(&html).to_string()
}

/// How deep elements lie in one another at most, roughly and never too little.
fn depth(html: &str) -> usize {
    let mut deepest = 0_usize;
    let mut depth = 0_usize;
    for tag in html.split('<').skip(1) {
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !name.is_empty() && !VOID.contains(&name.to_ascii_lowercase().as_str()) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_rendered() {
        for (text, html) in [
            ("## A\r\n\r\n- one", "<h2>A</h2>\n<ul>\n<li>one</li>\n</ul>\n"),
            ("a <b>b</b> ~~c~~", "<p>a <b>b</b> <del>c</del></p>\n"),
            (
                "|a|\n|-|\n|1|",
                "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n",
            ),
            ("", ""),
        ] {
            assert_eq!(to_html(text), html, "{text}");
        }
        assert!(to_html("- [x] done").contains("<input type=\"checkbox\""));
        assert!(to_html("https://x.y").contains("<a href=\"https://x.y\""));
    }

    #[test]
    fn no_script_survives() {
        for text in [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=//x.y></SCRIPT>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](&#106;avascript:alert(1))",
            "<javascript:alert(1)>",
            "![a](javascript:alert(1))",
            "[a](data:text/html;base64,PHNjcmlwdD4=)",
            "<img src=x onerror=alert(1)>",
            "<a href=\"java\nscript:alert(1)\">x</a>",
            "<svg><script>alert(1)</script></svg>",
            "<svg onload=alert(1)>",
            "<iframe src=javascript:alert(1)></iframe>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<style>@import 'x'</style>",
            "<form action=javascript:alert(1)><button>x</button></form>",
            "<input type=image src=x onerror=alert(1)>",
            "<p style=\"background:url(javascript:alert(1))\">x</p>",
            "```<script>\n</code><script>alert(1)</script>\n```",
        ] {
            let html = to_html(text).to_lowercase();
            // What is left of a tag is text; only tags and their attributes can do harm.
            for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
                for bad in ["script", "onerror", "onload", "javascript", "data:", "style", "iframe", "svg", "form"] {
                    assert!(!tag.contains(bad), "{text}: {html}");
                }
            }
        }
    }

    #[test]
    fn deep_notes_end_flat() {
        for text in [">".repeat(100_000), "<div>".repeat(100_000), "- ".repeat(100_000), "[".repeat(100_000)] {
            assert!(depth(&to_html(&text)) <= MAX_DEPTH, "{text:.8}");
        }
    }
}
