//! The HTML report, as a file beside the plan and in its place. What is in it, `src/report/html` tests.

use crate::support::{Home, Server};

#[test]
fn a_plan_and_what_became_of_it() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        "[[releases]]\ntag_name = \"v0.1\"\nname = \"One & <only>\"\ndescription = \"**Bold** <b>words</b>\"\n",
    );
    let plan = home.run(&["plan", "--format", "html", "--report", "html=plan.html"]).expect(0);
    assert!(plan.stdout.starts_with("<!doctype html>") && plan.stdout.ends_with("</html>\n"), "{}", plan.stdout);
    assert!(plan.stdout.contains("One &#38; &#60;only&#62;"), "{}", plan.stdout);
    assert!(plan.stdout.contains("<strong>Bold</strong> &lt;b&gt;words&lt;/b&gt;"), "{}", plan.stdout);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!(read("plan.html"), plan.stdout);
    home.run(&["apply", "--yes", "--report", "html=applied.html"]).expect(0);
    let applied = read("applied.html");
    assert!(applied.contains("Releases applied") && applied.contains("1 release created"), "{applied}");
    let again = home.run(&["plan", "--format", "html"]).expect(0);
    assert!(again.stdout.contains("Nothing needs to change: 1 release as wished."), "{}", again.stdout);
}
