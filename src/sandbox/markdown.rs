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

/// How deep elements lie in one another, counted so that no trick makes it too little: only what closes the innermost open
/// element takes anything off, as a browser passes over an end tag that fits nothing.
fn depth(html: &str) -> usize {
    let mut deepest = 0;
    let mut open: Vec<String> = Vec::new();
    for tag in html.split('<').skip(1) {
        let is_end = tag.starts_with('/');
        let name = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric);
        let name = name.collect::<String>().to_ascii_lowercase();
        if is_end {
            open.pop_if(|innermost| *innermost == name);
        } else if !name.is_empty() && !VOID.contains(&name.as_str()) {
            open.push(name);
            deepest = deepest.max(open.len());
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
        for part in ["<div>", "<div></b>", "<div></p>", "<b><div></b>", "<div></div ></i><div>"] {
            let html = to_html(&part.repeat(20_000));
            assert!(html.starts_with("<pre>"), "{part} is not flat: {html:.80}");
        }
        for part in [">", "- ", "["] {
            assert!(depth(&to_html(&part.repeat(100_000))) <= MAX_DEPTH, "{part}");
        }
        let long = "- **one** _two_\n\n<b>three</b><br>\n".repeat(5_000);
        assert!(to_html(&long).starts_with("<ul>"));
    }
}
